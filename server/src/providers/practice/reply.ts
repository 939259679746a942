/** What a practice reply is about: the model that is spoken for, the text that was asked, and whether tools were offered. */
export type ReplyOccasion = { readonly model: string; readonly asked: string; readonly offersTools: boolean }

/** The answer to a question nobody recorded: plainly labelled, in the language of the question, with the way onward. */
export function practiceReply({ model, asked, offersTools }: ReplyOccasion): string {
  const words = WORDS[languageOf(asked)]
  const parts = [words.what(model), `“${SAMPLE}”`, words.onward, ...(offersTools ? [words.tools] : [])]
  return `[practice reply] ${parts.join('\n\n')}`
}

const SAMPLE =
  'A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?'

type Language = 'en' | 'zh' | 'ja'

const WORDS: Readonly<Record<Language, { what: (model: string) => string; onward: string; tools: string }>> = {
  en: {
    what: (model) =>
      `This is Paddock's built-in practice provider, not a model. It has ${model}'s real answers to the 1,319 problems of GSM8K, and your message is none of them. Send one to see a real answer, for example:`,
    onward:
      'For real conversations, set the key of a provider in the environment, such as DEEPSEEK_API_KEY or OPENAI_API_KEY, and start Paddock again. docs/reference/providers.md lists all of them.',
    tools: 'Tools were offered with this request; the practice provider never calls one.',
  },
  zh: {
    what: (model) =>
      `这是 Paddock 内置的练习服务，不是真正的模型。它保存了 ${model} 对 GSM8K 全部 1,319 道题的真实回答，而您的消息不在其中。发送其中一题即可看到真实回答，例如：`,
    onward:
      '要与真实模型对话，请在环境变量中设置任一服务商的密钥（例如 DEEPSEEK_API_KEY 或 OPENAI_API_KEY），然后重新启动 Paddock。完整列表见 docs/reference/providers.md。',
    tools: '这次请求提供了工具；练习服务从不调用工具。',
  },
  ja: {
    what: (model) =>
      `これは Paddock に内蔵された練習用プロバイダーで、本物のモデルではありません。GSM8K の 1,319 問に対する ${model} の実際の回答を記録していますが、このメッセージはそのどれでもありません。たとえば次の問題を送ると、実際の回答が返ります：`,
    onward:
      '実際のモデルと会話するには、プロバイダーのキー（DEEPSEEK_API_KEY や OPENAI_API_KEY など）を環境変数に設定し、Paddock を再起動してください。一覧は docs/reference/providers.md にあります。',
    tools: 'このリクエストにはツールが付いていましたが、練習用プロバイダーはツールを呼び出しません。',
  },
}

function languageOf(text: string): Language {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja'
  return /\p{Script=Han}/u.test(text) ? 'zh' : 'en'
}
