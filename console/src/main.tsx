import { LanguageProvider } from '@paddock/webkit/text/language.tsx'
import { applyTheme, chosenTheme } from '@paddock/webkit/theme.ts'
import { ToastProvider } from '@paddock/webkit/ui/toast.tsx'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './query.ts'
import { router } from './router.tsx'
import './style.css'

applyTheme(chosenTheme())

const queries = makeQueryClient(() => queries.setQueryData(['session.whoAmI', {}], null))

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id "root".')
createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </LanguageProvider>
  </StrictMode>,
)
