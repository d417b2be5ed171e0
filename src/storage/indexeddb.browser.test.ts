import { describeIndexedDb } from './testing/indexeddb-suite.ts'

describeIndexedDb('IndexedDB in Chromium')
