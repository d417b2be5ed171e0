import 'fake-indexeddb/auto'
import { describeNonceDatabase } from './testing/nonce-database-suite.ts'

describeNonceDatabase('IndexedDB, an implementation in memory')
