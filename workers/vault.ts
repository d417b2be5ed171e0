import { serveVault } from '../src/vault/index.ts'

serveVault(self)
