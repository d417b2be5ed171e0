import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { AppError } from '../codec/index.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const INSTALL_TIMEOUT_MS = 10 * 60_000

/**
 * Path of a Chromium to test with: `CHROMIUM_PATH`, one on PATH, Playwright's own, or one installed now
 * (Playwright's download, else the system package when root). `say` hears what is being done.
 */
export function findOrInstallChromium(say: (line: string) => void): string {
  const given = process.env['CHROMIUM_PATH']
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given
    throw new AppError('CHROMIUM_MISSING', `CHROMIUM_PATH names ${given}, which does not exist. Unset it or correct it.`)
  }
  const found = onPath() ?? fromPlaywright()
  if (found !== null) {
    say(`Chromium: ${found}`)
    return found
  }
  say('No Chromium found; asking Playwright to download one…')
  run('npx', ['playwright', 'install', 'chromium'], {})
  const downloaded = fromPlaywright()
  if (downloaded !== null) {
    say(`Chromium: ${downloaded} (downloaded by Playwright)`)
    return downloaded
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('The download failed; installing the system package "chromium" with apt-get…')
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-q'], quiet)
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], quiet)
    const installed = onPath()
    if (installed !== null) {
      say(`Chromium: ${installed} (installed by apt-get)`)
      return installed
    }
  }
  throw new AppError(
    'CHROMIUM_MISSING',
    'The browser tests need Chromium and none could be installed. Install it (for example "apt-get install chromium") or set CHROMIUM_PATH.',
  )
}

function onPath(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const candidate = join(folder, name)
      if (folder !== '' && existsSync(candidate)) return candidate
    }
  }
  return null
}

function fromPlaywright(): string | null {
  const script = "import('playwright').then(({ chromium }) => process.stdout.write(chromium.executablePath()))"
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return status === 0 && stdout !== '' && existsSync(stdout) ? stdout : null
}

function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>>): void {
  spawnSync(command, args, { stdio: 'inherit', timeout: INSTALL_TIMEOUT_MS, env: { ...process.env, ...environment } })
}
