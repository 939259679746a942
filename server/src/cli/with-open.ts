/** Does something with a part of the system, and closes it whatever comes of that. */
export async function withOpen<Part extends { close(): Promise<void> }, Result>(
  opening: Promise<Part>,
  act: (part: Part) => Promise<Result>,
): Promise<Result> {
  const part = await opening
  try {
    return await act(part)
  } finally {
    await part.close()
  }
}
