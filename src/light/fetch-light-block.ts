import { LightError } from './errors.ts'
import { parseLightBlock } from './light-block.ts'
import type { LightBlock, LightSource } from './types.ts'

/** Asks a source and checks shape and height of the answer. Throws `NOT_FOUND`, `SOURCE_FAILED`, `MALFORMED`, `WRONG_HEIGHT`. */
export async function fetchLightBlock(source: LightSource, height: number | null): Promise<LightBlock> {
  let answer: unknown
  try {
    answer = await source.lightBlock(height)
  } catch (error) {
    throw new LightError('SOURCE_FAILED', 'The source could not be asked. Try again, or use another source.', { height }, { cause: error })
  }
  if (answer === null || answer === undefined) {
    throw new LightError('NOT_FOUND', 'The source does not have this block. Try again later, or use another source.', { height })
  }
  const block = parseLightBlock(answer)
  if (height !== null && block.header.height !== height) {
    throw new LightError('WRONG_HEIGHT', 'The source sent another height than the one asked for. Use another source.', { height: block.header.height, expected: height })
  }
  return block
}
