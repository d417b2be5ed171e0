import { CodecError, schema } from '../../codec/index.ts'
import type { Infer, Value } from '../../codec/index.ts'

const { bytes, fixedBytes, int, literal, nullable, object, text } = schema

export const HTTP_FETCH = 'http.fetch'
/** A receipt of 16 KiB holds it with everything around it. */
export const MAX_FETCHED_BYTES = 12 << 10

/** In lower case, without user, password or fragment; told by a pattern, since engines differ about what else is a URL. */
const HOST = '(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]{2,45}\\])'
const URL_TEXT = new RegExp(`^https?://${HOST}(?::[1-9][0-9]{0,4})?/[A-Za-z0-9\\-._~!$&'()*+,;=:@/?%[\\]]*$`)

/** What a module asks for: one document, by GET, with no body and no headers of its own. */
export const httpFetchParamsSchema = object({ method: literal('GET'), url: text(2_048, URL_TEXT) })
export type HttpFetchParams = Infer<typeof httpFetchParamsSchema>

/** What comes back in a receipt of status `ok`, whatever the server's answer was; nothing that differs between two askers of one moment. */
export const httpFetchedSchema = object({
  http_status: int(100, 599),
  content_type: nullable(text(128, /^[ -~]*$/)),
  body: bytes(MAX_FETCHED_BYTES),
  /** SHA-256. */
  body_hash: fixedBytes(32),
})
export type HttpFetched = Infer<typeof httpFetchedSchema>

/** Kinds of effects whose parameters have a form; those of others are between the module and who carries them out. */
const FORMS: Readonly<Record<string, schema.Schema<unknown>>> = { [HTTP_FETCH]: httpFetchParamsSchema }

/** Why parameters have not the form of their kind, or null. */
export function whyBadParams(kind: string, params: Value): string | null {
  if (!Object.hasOwn(FORMS, kind)) return null
  try {
    FORMS[kind]!.parse(params, 'params')
    return null
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return error.message
  }
}
