import { expose } from 'comlink'
import { ExecutorService, installErrorTransfer } from '../src/node/executor/index.ts'

installErrorTransfer()
expose(new ExecutorService())
