import { verbsOf } from '../../handlers/command/grammar.ts'
import { methods } from '../../handlers/index.ts'
import { isOpenAt, namedParams } from '../../handlers/method.ts'
import { commandLineOptions } from './arguments.ts'

/** A word that can follow, and what it means. */
interface Word {
  readonly word: string
  readonly about: string
}

const OPTIONS = Object.keys(commandLineOptions).map(name => `--${name}`)

/** The commands of the program that are not methods, by their words. */
type Own = ReadonlyMap<string, Pick<Word, 'about'>>

/** The script that completes commands in a shell. */
export const completions: Readonly<Record<string, (own: Own) => string>> = { bash, zsh }

const shown = [...methods.values()].filter(method => isOpenAt(method, 'shell'))

function commands(own: Own): readonly Word[] {
  const others = shown.flatMap(method =>
    [...verbsOf(method), method.name].map(word => ({ word, about: method.summary })),
  )
  const words = [...[...own].map(([word, { about }]) => ({ word, about })), ...others]
  return [...new Map(words.map(one => [one.word, one])).values()]
}

/** One line of a `case` for each method: its parameters. */
function cases(line: (name: string, params: readonly string[]) => string): string {
  return shown
    .map(method => [method.name, namedParams(method).map(([name]) => `${name}=`)] as const)
    .filter(([, params]) => params.length > 0)
    .map(([name, params]) => `    ${line(name, params)}`)
    .join('\n')
}

function bash(own: Own): string {
  const words = commands(own)
    .map(({ word }) => word)
    .join(' ')
  return `# Completion of helpdeskd for bash: source <(helpdeskd completion bash)
_helpdeskd() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} line=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") command= words= at=0
  while [ $at -lt \${#line[@]} ]; do
    case \${line[at]} in
    --config | --as) at=$((at + 1)) && [[ \${line[at]-} == = ]] && at=$((at + 1)) ;;
    -*) ;;
    *) command=\${line[at]} && break ;;
    esac
    at=$((at + 1))
  done
  # With nothing of its own, bash completes files.
  case $before in --config | --as | =) return ;; esac
  case $command in
    '') words='${OPTIONS.join(' ')} ${words}' ;;
    help) words='${words}' ;;
    completion) words='bash zsh' ;;
${cases((name, params) => `${name}) words='${params.join(' ')}' ;;`)}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  [[ \${COMPREPLY[0]-} == *= ]] && compopt -o nospace
}
complete -o default -F _helpdeskd helpdeskd
`
}

function zsh(own: Own): string {
  const list = commands(own)
  const described = list
    .map(({ word, about }) => `    '${word}:${about.replaceAll("'", "'\\''")}'`)
    .join('\n')
  return `#compdef helpdeskd
# Completion of helpdeskd for zsh: source <(helpdeskd completion zsh)
_helpdeskd() {
  local -a commands
  local command= at=2
  commands=(
${described}
  )
  while [ $at -lt $CURRENT ]; do
    case $words[at] in
    --config | --as) at=$((at + 1)) ;;
    -*) ;;
    *) command=$words[at] && break ;;
    esac
    at=$((at + 1))
  done
  case $words[CURRENT-1] in
    --config) _files && return ;;
    --as) return ;;
  esac
  case $command in
    '') if [[ $PREFIX == -* ]]; then compadd -- ${OPTIONS.join(' ')}; else _describe command commands; fi ;;
    help) compadd ${list.map(({ word }) => word).join(' ')} ;;
    completion) compadd bash zsh ;;
${cases((name, params) => `${name}) compadd -S '' -- ${params.join(' ')} ;;`)}
    *) _files ;;
  esac
}
# From a directory of fpath, it is loaded when it is first needed.
if [[ $funcstack[1] == _helpdeskd ]]; then _helpdeskd "$@"; else compdef _helpdeskd helpdeskd; fi
`
}
