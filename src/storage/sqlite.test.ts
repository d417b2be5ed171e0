import { describeStorage } from './testing/behaviour-suite.ts'
import { describeEngine } from './testing/engine-suite.ts'
import { createSqlitePlace } from './testing/sqlite-place.ts'

describeEngine('sqlite', createSqlitePlace)
describeStorage('sqlite', createSqlitePlace)
