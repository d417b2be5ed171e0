import { describe, expect, it } from 'vitest'
import { flagHelp, FlagError, parseFlags } from './flags.ts'

const specs = {
  port: { type: 'integer', default: 8080, min: 1, max: 65535, help: 'port of the page' },
  scenario: { type: 'text', default: 'small', choices: ['small', 'large'], help: 'world to make' },
  data: { type: 'text', default: null, value: 'DIR', help: 'folder' },
  quiet: { type: 'boolean', default: false, help: 'say less' },
} as const

describe('command-line flags', () => {
  it('take defaults, separate values and inline values', () => {
    expect(parseFlags([], specs)).toEqual({ port: 8080, scenario: 'small', data: null, quiet: false })
    expect(parseFlags(['--port', '9', '--scenario=large', '--quiet', '--data', 'x y'], specs)).toEqual({ port: 9, scenario: 'large', data: 'x y', quiet: true })
  })

  it.each([
    [['--prot', '1'], 'FLAG_UNKNOWN', '--prot'],
    [['stray'], 'FLAG_UNKNOWN', 'stray'],
    [['--constructor', '1'], 'FLAG_UNKNOWN', 'constructor'],
    [['--port'], 'FLAG_VALUE', '--port needs a value'],
    [['--port', 'abc'], 'FLAG_VALUE', '"abc"'],
    [['--port', '0'], 'FLAG_VALUE', '1 to 65535'],
    [['--port', '70000'], 'FLAG_VALUE', '70000'],
    [['--port', '1e3'], 'FLAG_VALUE', '1e3'],
    [['--scenario', 'huge'], 'FLAG_VALUE', 'small, large'],
    [['--data', ''], 'FLAG_VALUE', '--data'],
    [['--quiet=yes'], 'FLAG_VALUE', 'no value'],
  ])('refuse %j with %s and name the culprit', (args, code, named) => {
    let caught: unknown
    try {
      parseFlags(args, specs)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(FlagError)
    expect((caught as FlagError).code).toBe(code)
    expect((caught as FlagError).message).toContain(named)
  })

  it('explain every flag with its default in --help', () => {
    const help = flagHelp(specs)
    for (const name of Object.keys(specs)) expect(help).toContain(`--${name}`)
    expect(help).toContain('(default 8080)')
    expect(help).toContain('small|large')
  })
})
