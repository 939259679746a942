import { expect } from 'vitest'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'

/** One conversation in the words of every caller, and what every provider is told of it. */

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'JVBERi0xLjQK'
export const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
export const GEMINI_SCHEMA = {
  type: 'OBJECT',
  properties: { city: { type: 'STRING' } },
  propertyOrdering: ['city'],
  required: ['city'],
}

export const CONVERSATION: Readonly<Record<CallerDialectName, object>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"city":"Kyoto","n":1.50}' } },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: [
          { type: 'text', text: 'Seen.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        ],
      },
      { role: 'user', content: 'And?' },
    ],
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: SCHEMA } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
    temperature: 0.5,
    max_tokens: 300,
    stream: true,
    stream_options: { include_usage: true },
  },
  'openai-responses': {
    model: 'm',
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Compare these.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
          { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.', annotations: [] }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"city":"Kyoto","n":1.50}' },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'Seen.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        ],
      },
      { role: 'user', content: 'And?' },
    ],
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: SCHEMA }],
    tool_choice: { type: 'function', name: 'look' },
    parallel_tool_calls: false,
    temperature: 0.5,
    max_output_tokens: 300,
    stream: true,
  },
  'anthropic-messages': {
    model: 'm',
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'c1', name: 'look', input: { city: 'Kyoto', n: 1.5 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c1',
            content: [
              { type: 'text', text: 'Seen.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    tools: [{ name: 'look', description: 'Looks.', input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
    temperature: 0.5,
    max_tokens: 300,
    stream: true,
  },
}

export const TOLD: Readonly<Record<DialectName, object>> = {
  'openai-chat': {
    model: 'large',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          {
            id: 'c1',
            type: 'function',
            function: { name: 'look', arguments: expect.stringContaining('Kyoto') as string },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'Seen.' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 300,
    temperature: 0.5,
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: SCHEMA } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
  },
  'openai-responses': {
    model: 'large',
    input: [
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Be brief.' }] },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Compare these.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: expect.stringContaining('Kyoto') as string },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'Seen.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
        ],
      },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And?' }] },
    ],
    stream: true,
    store: false,
    max_output_tokens: 300,
    temperature: 0.5,
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: SCHEMA, strict: false }],
    tool_choice: { type: 'function', name: 'look' },
    parallel_tool_calls: false,
  },
  'anthropic-messages': {
    model: 'large',
    max_tokens: 300,
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF }, title: 'a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'c1', name: 'look', input: { city: 'Kyoto', n: 1.5 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c1',
            content: [
              { type: 'text', text: 'Seen.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    stream: true,
    temperature: 0.5,
    tools: [{ name: 'look', description: 'Looks.', input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
  },
  gemini: {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'Compare these.' },
          { inlineData: { mimeType: 'image/png', data: PNG } },
          { inlineData: { mimeType: 'application/pdf', data: PDF } },
        ],
      },
      {
        role: 'model',
        parts: [{ text: 'I look.' }, { functionCall: { name: 'look', args: { city: 'Kyoto', n: 1.5 } } }],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'look', response: { result: 'Seen.' } } },
          { inlineData: { mimeType: 'image/png', data: PNG } },
          { text: 'And?' },
        ],
      },
    ],
    tools: [{ functionDeclarations: [{ name: 'look', description: 'Looks.', parameters: GEMINI_SCHEMA }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: { temperature: 0.5, maxOutputTokens: 300 },
  },
}
