/** Door for the server and the build. The page itself starts at `main.tsx`. */
export * from './policy.ts'
