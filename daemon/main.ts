#!/usr/bin/env node
import { ReloadSignal } from './reload_signal.ts'

// Before the rest of the program is loaded, since SIGHUP ends a process that does not handle it.
const reloadSignal = new ReloadSignal()
const { runCommandLine } = await import('./cli.ts')
process.exitCode = await runCommandLine(process.argv.slice(2), reloadSignal)
