import { serveVault } from '../index.ts'

serveVault(self)
