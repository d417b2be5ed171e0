import { describeVault } from './testing/vault-suite.ts'

describeVault('Chromium')
