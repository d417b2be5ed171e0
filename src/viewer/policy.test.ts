import { describe, expect, it } from 'vitest'
import { ISOLATION_HEADERS, STATIC_CONNECT, contentSecurityPolicy, headersForStandalone, metaTag, pageForServing, scriptHashesOf, standalonePolicy } from './policy.ts'

const HASH = `sha256-${'A'.repeat(43)}=`

describe('the page policy', () => {
  it('starts from nothing, allows no inline script, no eval, and one Trusted Types policy', () => {
    const policy = contentSecurityPolicy({ connect: ['ws://127.0.0.1:9001'] })
    expect(policy).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'; connect-src 'self' ws://127.0.0.1:9001; " +
      "img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types aw-worker",
    )
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*;/)
  })

  it('leaves out of a meta element what browsers refuse there', () => {
    expect(contentSecurityPolicy({ connect: [], delivery: 'meta' })).not.toContain('frame-ancestors')
  })

  it('refuses a source that could say more than one address', () => {
    for (const source of ["'unsafe-inline'", '*', 'ws://a.example; script-src *', 'http:', 'data:', 'ws://a b', '', 'ws://*.example', 'ws://h:99999999']) {
      expect(() => contentSecurityPolicy({ connect: [source] }), source).toThrow(expect.objectContaining({ code: 'POLICY_SOURCE_INVALID' }))
    }
    expect(() => contentSecurityPolicy({ connect: [], scriptHashes: ['sha256-x y'] })).toThrow(expect.objectContaining({ code: 'POLICY_SOURCE_INVALID' }))
    for (const source of [...STATIC_CONNECT, 'ws://[::1]:9001', 'wss://node.example:443']) expect(() => contentSecurityPolicy({ connect: [source] }), source).not.toThrow()
  })

  it('reaches header and page alike when a server names its nodes, and keeps the hash of the import map', () => {
    const built = `<head>${metaTag({ connect: STATIC_CONNECT, scriptHashes: [HASH] })}</head>`
    expect(scriptHashesOf(built)).toEqual([HASH])
    const { html, headers } = pageForServing(built, ['ws://192.168.1.5:9001'])
    for (const policy of [html, headers['Content-Security-Policy']!]) {
      expect(policy).toContain(`'${HASH}'`)
      expect(policy).toContain("connect-src 'self' ws://192.168.1.5:9001;")
    }
    expect(headers).toMatchObject({ 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' })
  })

  it('lets this page alone ask for the camera, and nobody for anything else', () => {
    expect(ISOLATION_HEADERS['Permissions-Policy']).toBe('camera=(self), geolocation=(), microphone=()')
  })
})

describe('the policy of a page of one file', () => {
  const [script, style] = [HASH, `sha256-${'B'.repeat(43)}=`]

  it('allows its script and style by hash and reaches nothing', () => {
    expect(standalonePolicy({ scriptHashes: [script], styleHash: style })).toBe(
      `default-src 'none'; script-src '${script}'; style-src '${style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ` +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    )
    expect(() => standalonePolicy({ scriptHashes: [script], styleHash: "x' 'unsafe-inline" })).toThrow(expect.objectContaining({ code: 'POLICY_SOURCE_INVALID' }))
  })

  it('is the same in the header as in the page', () => {
    for (const init of [{ scriptHashes: [script], styleHash: style }, { scriptHashes: [script, `sha256-${'C'.repeat(43)}=`], styleHash: style, trustedTypes: 'loader' }]) {
      const headers = headersForStandalone(`<meta http-equiv="Content-Security-Policy" content="${standalonePolicy({ ...init, delivery: 'meta' })}">`)
      expect(headers['Content-Security-Policy']).toBe(standalonePolicy(init))
    }
    expect(() => headersForStandalone('<title>no policy</title>')).toThrow(expect.objectContaining({ code: 'POLICY_SOURCE_INVALID' }))
  })
})
