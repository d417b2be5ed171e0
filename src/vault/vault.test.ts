import 'fake-indexeddb/auto'
import { describeVault } from './testing/vault-suite.ts'

describeVault('Node')
