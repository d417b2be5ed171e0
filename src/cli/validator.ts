/** Runs one validator from its data directory until it is told to stop. */
import { errorInfo } from '../codec/index.ts'
import { flagHelp, parseFlags } from './flags.ts'
import { runNode, stopRequested } from './run-node.ts'

const FLAGS = {
  data: { type: 'text', default: null, value: 'DIR', help: 'directory of the validator, as "npm start" makes them' },
} as const

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(`Usage: npm run validator -- --data DIR\n\nRuns the validator whose key, configuration and chain are in DIR.\n\n${flagHelp(FLAGS)}`)
    return
  }
  const { data } = parseFlags(args, FLAGS)
  const stop = stopRequested()
  const { node, network, file, effects } = await runNode(data ?? '.', {
    onUpdate: (event) => {
      if (event.type === 'log') console.log(`${event.level}: ${event.message}`)
    },
  })
  console.log(`${file.validator_id} of ${node.worldId} listens on ${network.addresses().join(', ')}`)
  process.send?.({ type: 'ready', addresses: network.addresses() })
  console.log(`stopping: ${await stop}`)
  await effects?.stop()
  await node.stop()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = errorInfo(error)
    console.error(`${code}: ${message}`)
    process.exit(1)
  },
)
