import { useState, type DragEvent } from 'react'

/** What a card that is dragged carries. */
const MODEL_DATA = 'application/x-paddock-model'

export function carry({ dataTransfer }: DragEvent, model: string): void {
  dataTransfer.setData(MODEL_DATA, model)
  dataTransfer.effectAllowed = 'copy'
}

/** Takes what is dropped, and says while something hangs over it. */
export function useDrop(onDrop: (model: string) => void) {
  // Children are entered and left, too: it hangs over it as long as more were entered than left.
  const [depth, setDepth] = useState(0)
  const isModel = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes(MODEL_DATA)
  return {
    isOver: depth > 0,
    target: {
      onDragEnter: (event: DragEvent) => isModel(event) && setDepth((old) => old + 1),
      onDragLeave: (event: DragEvent) => isModel(event) && setDepth((old) => Math.max(0, old - 1)),
      onDragOver: (event: DragEvent) => isModel(event) && event.preventDefault(),
      onDrop: (event: DragEvent) => {
        if (!isModel(event)) return
        event.preventDefault()
        setDepth(0)
        onDrop(event.dataTransfer.getData(MODEL_DATA))
      },
    },
  }
}
