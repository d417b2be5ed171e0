import { describeNonceDatabase } from './testing/nonce-database-suite.ts'

describeNonceDatabase('IndexedDB in Chromium')
