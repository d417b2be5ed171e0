import 'fake-indexeddb/auto'
import { describeIndexedDb } from './testing/indexeddb-suite.ts'

describeIndexedDb('IndexedDB, an implementation in memory')
