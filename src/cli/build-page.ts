import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../codec/index.ts'

const SOURCES = ['index.html', 'verify.html', 'vite.config.ts', 'package-lock.json', 'src', 'workers', 'public']

/** Builds the page into `dist` unless what is there is newer than every source. Throws `PAGE_BUILD_FAILED`. */
export function buildPageIfStale(say: (line: string) => void): void {
  const built = join('dist', 'index.html')
  if (existsSync(built) && newest(SOURCES) <= statSync(built).mtimeMs) return
  say('building the page…')
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], { encoding: 'utf8' })
  if (status !== 0) throw new AppError('PAGE_BUILD_FAILED', `The page could not be built. Run "npm ci" and try again.\n${stdout}${stderr}`)
}

function newest(paths: readonly string[]): number {
  let time = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const stat = statSync(path)
    time = Math.max(time, stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs)
  }
  return time
}
