// Loaded before a test file by the suite. tap follows every promise with an async hook, to name the test of an error that nothing
// catches, which takes a seventh of the processor time of the tests. Without it, such an error ends the process, which fails with it.
import asyncHooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

asyncHooks.createHook = () => {
  const hook = { enable: () => hook, disable: () => hook }
  return hook
}
syncBuiltinESMExports()
