// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/man.h"

#include <fmt/format.h>
#include <sstream>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"

namespace commands {
namespace {

/// As roff takes it: no backslash, hyphen or leading dot that means something.
std::string escaped(const std::string& text) {
  std::string roff;
  for (const char c : text) {
    if (c == '\\')
      roff += "\\e";
    else if (c == '-')
      roff += "\\-";
    else if ((c == '.' || c == '\'') && (roff.empty() || roff.back() == '\n'))
      roff += std::string("\\&") + c;
    else
      roff += c;
  }
  return roff;
}

std::string as_it_stands(const std::string& text) {
  return text.empty() ? "" : ".PP\n.nf\n" + escaped(text) + "\n.fi\n";
}

std::string option(const Argument& argument) {
  std::string names;
  for (const std::string& name : argument.names)
    names += (names.empty() ? "\\fB" : ", \\fB") + escaped(name) + "\\fR";
  const std::string value =
      argument.value.empty() ? "" : fmt::format(" \\fI{}\\fR", escaped(argument.value));
  return fmt::format(".TP\n{}{}\n{}\n", names, value, escaped(argument.about));
}

std::string operand(const Argument& argument) {
  return fmt::format(".TP\n\\fI{}\\fR\n{}\n", escaped(argument.value), escaped(argument.about));
}

std::string synopsis(const CommandTree& command) {
  std::string line = fmt::format("\\fBwavesim {}\\fR", escaped(command.name));
  if (!command.commands.empty()) line += " \\fICOMMAND\\fR";
  for (const Argument& argument : command.operands)
    line += fmt::format(" \\fI{}\\fR", escaped(argument.value));
  return line + (command.options.empty() ? "" : " [\\fIOPTIONS\\fR]");
}

/// A section of its own for each command, those of groups behind their group.
std::string section(const CommandTree& command) {
  std::string text = fmt::format(".SS {}\n{}.\n", synopsis(command), escaped(command.about));
  for (const Argument& argument : command.operands) text += operand(argument);
  for (const Argument& argument : command.options)
    if (argument.names.back() != "--help") text += option(argument);
  text += as_it_stands(command.footer);
  for (const CommandTree& below : command.commands) text += section(below);
  return text;
}

std::string page(const CommandTree& program) {
  std::string text = fmt::format(
      ".TH WAVESIM 1 \"\" \"wavesim {}\" \"User Commands\"\n"
      ".SH NAME\nwavesim \\- what moving system software to a SmartNIC costs and gains\n"
      ".SH SYNOPSIS\n\\fBwavesim\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
      ".SH DESCRIPTION\n{}\n",
      WAVESIM_VERSION, escaped(program.about));
  for (const Argument& argument : program.options) text += option(argument);
  text += ".SH COMMANDS\n";
  for (const CommandTree& command : program.commands) text += section(command);
  return text + ".SH EXIT STATUS\n" + as_it_stands(program.footer) +
         ".SH SEE ALSO\nThe folder docs of the source: its README leads to the rest.\n";
}

}  // namespace

int man(const CommandTree& program, const std::string& out) {
  deliver(out, page(program));
  return kFine;
}

}  // namespace commands
