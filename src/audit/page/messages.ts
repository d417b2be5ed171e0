import { chineseText } from '../../vault/index.ts'
import type { CheckName, SummaryLine } from '../../vault/index.ts'
import type { AuditErrorCode } from '../errors.ts'

/** What a bad line means, in a sentence; codes that only an export can have are not among them. */
type FileErrorCode = Exclude<AuditErrorCode, 'FILTER_INVALID' | 'RANGE_EMPTY' | 'CURSOR_INVALID' | 'BLOCK_MISSING' | 'DIRECTORY_INVALID'>

export interface Messages {
  readonly title: string
  readonly intro: string
  readonly drop: string
  readonly choose: string
  readonly trusted: string
  readonly trustedHint: string
  readonly again: string
  readonly offline: string
  readonly working: (lines: number, records: number) => string
  readonly good: string
  readonly compare: string
  readonly unrooted: string
  readonly bad: (line: number) => string
  readonly badHint: string
  readonly file: string
  readonly world: string
  readonly events: string
  readonly blocks: (from: number, to: number, certified: number) => string
  readonly filter: string
  readonly everything: string
  readonly newest: string
  readonly proven: string
  readonly claimed: string
  readonly inBlocks: (proven: number, records: number) => string
  readonly fromGenesis: string
  readonly fromCheckpoint: string
  readonly setChanges: (count: number) => string
  readonly unbroken: (first: string, last: string) => string
  readonly sameWorld: string
  readonly validators: (count: number) => string
  readonly complete: string
  readonly outside: string
  readonly more: string
  readonly errors: Readonly<Record<FileErrorCode, string>>
  readonly unreadable: string
  readonly request: RequestMessages
}

/** About a signing request. */
export interface RequestMessages {
  /** A line of its summary. */
  readonly say: (line: SummaryLine) => string
  readonly paste: string
  readonly pasteHint: string
  readonly camera: string
  readonly stop: string
  readonly noCamera: string
  readonly codes: (received: number, total: number, missing: readonly number[]) => string
  readonly badCode: string
  readonly invalid: string
  readonly failed: string
  readonly strict: string
  readonly digest: string
  readonly digestHint: string
  readonly digestCode: string
  readonly dangers: string
  readonly noDangers: string
  readonly changes: string
  readonly shadow: string
  readonly hashes: string
  readonly stated: string
  readonly checks: string
  readonly facts: string
  readonly note: string
  readonly otherWorld: string
  readonly found: (stated: string, computed: string) => string
  readonly names: Readonly<Record<CheckName, string>>
}

const EN: Messages = {
  title: 'Verify an audit file or a signing request',
  intro: 'Of an exported file it checks on this device that the events happened in the world: every event against its block, every block against the signatures of the validators. Of a signing request it shows what would be signed, from the bytes alone.',
  drop: 'Drop the file here',
  choose: 'Choose the file',
  trusted: 'World id or checkpoint (optional)',
  trustedHint: 'From a place you trust: the id of the world, or a block as world_id:height:hash. The file is then held against it.',
  again: 'Check again',
  offline: 'This page opens no connection. Saved as a file it works the same on a device without network.',
  working: (lines, records) => `Checking: ${lines} lines, ${records} events`,
  good: 'Every event is proven',
  compare: 'Every event is proven if this is your world: compare its id',
  unrooted: 'No bad line, but nothing vouches for the validators',
  bad: (line) => `Line ${line} is bad`,
  badHint: 'Do not rely on this file. Nothing from this line on was looked at.',
  file: 'File',
  world: 'World',
  events: 'Events',
  blocks: (from, to, certified) => `blocks ${from} to ${to}, ${certified} with certificates`,
  filter: 'Only',
  everything: 'all events',
  newest: 'Newest block',
  proven: 'Proven',
  claimed: 'Claimed by the file, not proven',
  inBlocks: (proven, records) => `${proven} of ${records} events are in blocks that more than two thirds of the stake of the world’s validators signed.`,
  fromGenesis: 'The validators follow from the genesis, which the world id binds.',
  fromCheckpoint: 'The validators follow from the checkpoint you gave.',
  setChanges: (count) => `The validators changed ${count} times, each time announced by a signed block.`,
  unbroken: (first, last) => `No event is missing between ${first} and ${last}: each names the hash of the one before it.`,
  sameWorld: 'That this is the world you mean: compare its id with one from another place.',
  validators: (count) => `${count} events rest on validators that only the file names. Give a checkpoint.`,
  complete: 'That every event that fits was exported.',
  outside: 'That there is no event before the first or after the last; dates, since they are clocks of proposers.',
  more: 'The export goes on in another file.',
  unreadable: 'The file cannot be read. Choose it again.',
  errors: {
    FILE_EMPTY: 'The file is empty.',
    LINE_TOO_LONG: 'The line is longer than any line of an audit file.',
    LINE_MALFORMED: 'The line is not one of an audit file, or was edited.',
    LINE_OUT_OF_PLACE: 'The line stands where it does not belong: lines were moved or removed.',
    TRUNCATED: 'The file was cut off.',
    WRONG_WORLD: 'This belongs to another world.',
    WRONG_GENESIS: 'The genesis in the file is that of another world.',
    GENESIS_INVALID: 'What the file calls the genesis is none.',
    WRONG_VALIDATOR_SET: 'The validators are not those that were announced.',
    CERTIFICATE_INVALID: 'The signatures of the validators do not hold for this block: it was forged or changed.',
    WRONG_ORDER: 'A line was moved or doubled.',
    OUTSIDE_FILTER: 'The event is not one the file says it holds.',
    WRONG_EVENT_ID: 'The id of the event was changed.',
    NOT_IN_BLOCK: 'This event is not in the block that the validators signed: the record was changed.',
    EVENT_CHAIN_BROKEN: 'The event does not follow from the one before it.',
    WRONG_COUNT: 'Lines were removed or added.',
    WRONG_CHECKPOINT: 'The block is another than the checkpoint says: this is another history.',
    CHECKPOINT_INVALID: 'A checkpoint is world_id:height:hash.',
    CHECKPOINT_NOT_COVERED: 'The file does not hold the block of the checkpoint.',
  },
  request: {
    say: ({ text }) => text,
    paste: 'Or paste the codes of a signing request',
    pasteHint: 'One a line, each beginning with AWQ1/.',
    camera: 'Scan the codes',
    stop: 'Stop scanning',
    noCamera: 'The camera cannot be used. Allow it in the browser, or open the request as a file.',
    codes: (received, total, missing) => `${received} of ${total} codes${missing.length === 0 ? '' : `; missing ${missing.slice(0, 12).join(', ')}${missing.length > 12 ? ' …' : ''}`}`,
    badCode: 'A code did not fit; it was left out.',
    invalid: 'This is no signing request, or it was changed or cut off. Do not sign it.',
    failed: 'This request does not say what would be signed. Do not sign it anywhere',
    strict: 'This changes who may sign, or takes the world back: compare the digest below with the other device before you sign.',
    digest: 'What is signed',
    digestHint: 'Recomputed here from the content. The device that signs must show the same digits and words; it can scan this code.',
    digestCode: 'The digest as a QR code',
    dangers: 'Dangers',
    noDangers: 'None that is known here.',
    changes: 'What changes',
    shadow: 'What the trial run found',
    hashes: 'Hashes, recomputed here',
    stated: 'stated, not recomputed',
    checks: 'Checks made here',
    facts: 'Stated by the request; only the world can confirm it',
    note: 'The proposer’s own words; nothing vouches for them',
    otherWorld: 'This request is for another world than the one you gave',
    found: (stated, computed) => `stated ${stated}, found ${computed}`,
    names: {
      proposal_id: 'The proposal is the one its id names', author: 'The author is who signs', base_manifest: 'The proposal is for this manifest',
      module_manifests: 'Upgrades mean one module each', one_change: 'The proposal changes in one way', patch_applies: 'The patch fits the manifest',
      manifest_hash: 'The next manifest has the hash that is signed', changes_explained: 'The next manifest holds nothing that was not asked for', changes_complete: 'The next manifest holds all that was asked for',
      report_proposal: 'The trial run is of this proposal', report_hash: 'The report has the hash that is signed', report_status: 'The trial run did not fail',
      certificate_world: 'It is for this world', certificate_proposal: 'It is for this proposal', signer_set: 'The signers are those of the manifest', epoch: 'The epoch is that of the manifest',
      threshold: 'The threshold is that of the manifest', checked_height: 'The height is that of the report', not_expired: 'It had not expired at that height', not_own_proposal: 'The author does not approve it',
      certificate_signatures: 'Enough signers signed the certificate', registered_key: 'The key is the one listed under that name',
    },
  },
}

const ZH: Messages = {
  title: '验证审计文件或签名请求',
  intro: '对导出文件，在本机检查其中的事件确实发生过：逐个核对事件与区块，逐个核对区块与验证者的签名。对签名请求，只凭其字节显示将要签名的内容。',
  drop: '把文件拖到这里',
  choose: '选择文件',
  trusted: '世界 id 或检查点（可选）',
  trustedHint: '来自你信任的地方：世界的 id，或写作 world_id:height:hash 的区块。文件将与之核对。',
  again: '重新检查',
  offline: '本页不建立任何网络连接。保存为文件后，在没有网络的设备上同样可用。',
  working: (lines, records) => `正在检查：${lines} 行，${records} 个事件`,
  good: '所有事件均已证明',
  compare: '若这是你的世界，则所有事件均已证明：请比对世界 id',
  unrooted: '没有错误的行，但没有任何东西担保这些验证者',
  bad: (line) => `第 ${line} 行有误`,
  badHint: '不要依赖这个文件。这一行及之后的内容未经检查。',
  file: '文件',
  world: '世界',
  events: '事件',
  blocks: (from, to, certified) => `区块 ${from} 至 ${to}，其中 ${certified} 个附有证书`,
  filter: '仅含',
  everything: '全部事件',
  newest: '最新区块',
  proven: '已证明',
  claimed: '文件声称、未经证明',
  inBlocks: (proven, records) => `${records} 个事件中有 ${proven} 个所在的区块由该世界验证者超过三分之二的权益签名。`,
  fromGenesis: '验证者由创世文件得出，世界 id 绑定了创世文件。',
  fromCheckpoint: '验证者由你给出的检查点得出。',
  setChanges: (count) => `验证者变更了 ${count} 次，每次都由已签名的区块宣布。`,
  unbroken: (first, last) => `${first} 与 ${last} 之间没有缺失事件：每个事件都写明前一个事件的哈希。`,
  sameWorld: '这就是你所指的世界：请与其他来源的世界 id 比对。',
  validators: (count) => `${count} 个事件所依据的验证者只由文件自己指明。请提供检查点。`,
  complete: '所有符合条件的事件都已导出。',
  outside: '第一个事件之前、最后一个事件之后没有其他事件；以及日期，它们只是提议者的时钟。',
  more: '导出在另一个文件中继续。',
  unreadable: '无法读取文件。请重新选择。',
  errors: {
    FILE_EMPTY: '文件是空的。',
    LINE_TOO_LONG: '这一行超出审计文件的长度。',
    LINE_MALFORMED: '这一行不属于审计文件，或被编辑过。',
    LINE_OUT_OF_PLACE: '这一行的位置不对：有行被移动或删除。',
    TRUNCATED: '文件被截断。',
    WRONG_WORLD: '属于另一个世界。',
    WRONG_GENESIS: '文件中的创世数据属于另一个世界。',
    GENESIS_INVALID: '文件中所谓的创世数据无效。',
    WRONG_VALIDATOR_SET: '验证者与先前宣布的不符。',
    CERTIFICATE_INVALID: '验证者的签名与这个区块不符：区块被伪造或修改。',
    WRONG_ORDER: '有行被移动或重复。',
    OUTSIDE_FILTER: '这个事件不在文件声明的范围内。',
    WRONG_EVENT_ID: '事件的 id 被修改。',
    NOT_IN_BLOCK: '验证者签名的区块中没有这个事件：记录被修改。',
    EVENT_CHAIN_BROKEN: '这个事件与前一个事件不衔接。',
    WRONG_COUNT: '有行被删除或添加。',
    WRONG_CHECKPOINT: '区块与检查点不符：这是另一段历史。',
    CHECKPOINT_INVALID: '检查点的格式是 world_id:height:hash。',
    CHECKPOINT_NOT_COVERED: '文件中没有检查点所指的区块。',
  },
  request: {
    say: chineseText,
    paste: '或粘贴签名请求的代码',
    pasteHint: '每行一个，以 AWQ1/ 开头。',
    camera: '扫描代码',
    stop: '停止扫描',
    noCamera: '无法使用摄像头。请在浏览器中允许，或以文件打开请求。',
    codes: (received, total, missing) => `已有 ${received} / ${total} 个代码${missing.length === 0 ? '' : `；缺少 ${missing.slice(0, 12).join('、')}${missing.length > 12 ? ' …' : ''}`}`,
    badCode: '有一个代码不相符，已略过。',
    invalid: '这不是签名请求，或已被修改、截断。不要签名。',
    failed: '这个请求所说的并不是将要签名的内容。不要在任何地方签名',
    strict: '这会改变谁可以签名，或让世界回退：签名之前，请与另一台设备比对下面的摘要。',
    digest: '将被签名的内容',
    digestHint: '在本机由内容重新计算。签名的设备必须显示相同的数字和词；它也可以扫描这个代码。',
    digestCode: '摘要的二维码',
    dangers: '危险',
    noDangers: '没有已知的危险。',
    changes: '改变的内容',
    shadow: '试运行的结果',
    hashes: '在本机重新计算的哈希',
    stated: '仅为声称，未重新计算',
    checks: '在本机完成的检查',
    facts: '请求所声称；只有世界能够证实',
    note: '提案人自己的话；没有任何担保',
    otherWorld: '这个请求属于另一个世界，而不是你给出的世界',
    found: (stated, computed) => `声称 ${stated}，实为 ${computed}`,
    names: {
      proposal_id: '提案与其 id 相符', author: '提案人即签名者', base_manifest: '提案针对这份清单',
      module_manifests: '每项升级只指一个模块', one_change: '提案只以一种方式更改', patch_applies: '补丁适用于清单',
      manifest_hash: '下一份清单的哈希与所签相符', changes_explained: '下一份清单没有未被要求的内容', changes_complete: '下一份清单包含所有被要求的内容',
      report_proposal: '试运行属于这个提案', report_hash: '报告的哈希与所签相符', report_status: '试运行没有失败',
      certificate_world: '属于这个世界', certificate_proposal: '属于这个提案', signer_set: '签名者即清单所列', epoch: '世代即清单所列',
      threshold: '门槛即清单所列', checked_height: '高度即报告的高度', not_expired: '在该高度尚未过期', not_own_proposal: '提案人不批准自己的提案',
      certificate_signatures: '足够的签名者签署了证书', registered_key: '公钥即该名下所列',
    },
  },
}

/** Texts for a language tag such as `zh-CN`; English for any other. */
export function messagesFor(language: string): Messages {
  return /^zh\b/i.test(language) ? ZH : EN
}
