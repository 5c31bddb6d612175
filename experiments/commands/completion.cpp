// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/completion.h"

#include <fmt/format.h>

#include "experiments/commands/completion_fish.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace commands {
namespace {

// The script has two tables, made from the command tree: what may stand after each command, and
// what has to stand after each option with a value. The rest of it is the same for any tree.

constexpr const char* kZshFirst = "#compdef wavesim\nautoload -U +X bashcompinit && bashcompinit\n";

constexpr const char* kBegin =
    R"sh(# Completion of wavesim in bash; made by `wavesim completion bash`.

# Every parameter's path; of one parameter, the values that it may have if they are a few names.
_wavesim_parameters() { "$1" params 2>/dev/null | sed -n 's/^\([a-z][a-z0-9_.]*\) .*/\1/p'; }
_wavesim_values() {
  "$1" params "$2" --json 2>/dev/null | sed -n 's/^ *"type": "\(.*|.*\)",\{0,1\}$/\1/p' | tr '|' ' '
}

# Sets `words` and `operand` of a command.
_wavesim_command() {
  case "$1" in
)sh";

constexpr const char* kBetween = R"sh(    *) return 1 ;;
  esac
}

# Sets `operand` to what has to follow an option of a command.
_wavesim_option() {
  case "$1" in
)sh";

constexpr const char* kEnd = R"sh(    *) return 1 ;;
  esac
}

_wavesim() {
  local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command= words= operand= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    _wavesim_command "${command:+$command }${COMP_WORDS[i]}" || continue
    command="${command:+$command }${COMP_WORDS[i]}"
  done
  COMPREPLY=()
  # Bash takes `--set path=value` apart at the equals sign.
  if [[ $word == = ]]; then word=; before==; i=$((COMP_CWORD + 1)); fi
  if [[ $before == = && ${COMP_WORDS[i - 3]} == --set ]]; then
    COMPREPLY=($(compgen -W "$(_wavesim_values "$program" "${COMP_WORDS[i - 2]}")" -- "$word"))
    return
  fi
  _wavesim_command "$command"
  if _wavesim_option "$command $before"; then words=; fi
  case "$operand" in
    FILE | FILE... | RESULTS) COMPREPLY=($(compgen -f -- "$word")); compopt -o filenames 2>/dev/null ;;
    DIR) COMPREPLY=($(compgen -d -- "$word")); compopt -o filenames 2>/dev/null ;;
    SHELL) words='bash zsh fish' ;;
    PATH) COMPREPLY=($(compgen -W "$(_wavesim_parameters "$program")" -- "$word")) ;;
    PATH=VALUE)
      COMPREPLY=($(compgen -S = -W "$(_wavesim_parameters "$program")" -- "$word"))
      compopt -o nospace 2>/dev/null ;;
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$word"))
}
complete -F _wavesim wavesim
)sh";

std::string words_after(const CommandTree& command) {
  std::string words;
  for (const CommandTree& below : command.commands)
    words += below.name.substr(below.name.rfind(' ') + 1) + ' ';
  for (const Argument& option : command.options)
    for (const std::string& name : option.names)
      if (name.starts_with("--")) words += name + ' ';
  if (!words.empty()) words.pop_back();
  return words;
}

std::string commands_of(const CommandTree& command) {
  const std::string operand = command.operands.empty() ? "" : command.operands.front().value;
  std::string cases = fmt::format("    '{}') words='{}' operand={} ;;\n", command.name,
                                  words_after(command), operand);
  for (const CommandTree& below : command.commands) cases += commands_of(below);
  return cases;
}

std::string options_of(const CommandTree& command) {
  std::string cases;
  for (const Argument& option : command.options)
    for (const std::string& name : option.names)
      if (!option.value.empty())
        cases += fmt::format("    '{} {}') operand='{}' ;;\n", command.name, name, option.value);
  for (const CommandTree& below : command.commands) cases += options_of(below);
  return cases;
}

std::string bash(const CommandTree& program) {
  return kBegin + commands_of(program) + kBetween + options_of(program) + kEnd;
}

}  // namespace

int completion(const CommandTree& program, const std::string& shell) {
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    throw sim::ConfigError("completion", "no such shell: " + sim::in_quotes(shell),
                           "use bash, zsh or fish");
  if (shell == "fish")
    print(fish_completion(program));
  else
    print((shell == "zsh" ? kZshFirst : "") + bash(program));
  return kFine;
}

}  // namespace commands
