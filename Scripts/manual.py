"""Turns what `dossier --experimental-dump-help` prints (standard input) into a man page (standard output)."""

import json
import re
import sys


def text(words):
    """Text for roff: backslashes and what begins a request are escaped."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", words)


def names(argument):
    """The names of an option, or the value's name of an argument."""
    if argument["kind"] == "positional":
        return f"\\fI{text(argument['valueName'])}\\fR"
    written = []
    for name in argument["names"]:
        dashes = "--" if name["kind"] == "long" else "-"
        written.append(f"\\fB{text(dashes + name['name'])}\\fR")
    value = "" if argument["kind"] == "flag" else f" \\fI{text(argument['valueName'])}\\fR"
    return ", ".join(written) + value


def synopsis(words, arguments):
    """The command with its arguments; options are listed below it."""
    parts = [f"\\fB{text(' '.join(words))}\\fR"]
    if any(a["kind"] != "positional" and a["shouldDisplay"] for a in arguments):
        parts.append("[\\fIoptions\\fR]")
    for argument in arguments:
        if argument["kind"] == "positional" and argument["shouldDisplay"]:
            shown = names(argument) + ("..." if argument["isRepeating"] else "")
            parts.append(f"[{shown}]" if argument["isOptional"] else shown)
    return " ".join(parts)


def options(arguments):
    """A list of arguments with what they are for."""
    for argument in arguments:
        if argument["shouldDisplay"]:
            print(f".TP\n{names(argument)}\n{text(argument.get('abstract', ''))}")


def main():
    command = json.load(sys.stdin)["command"]
    print('.TH DOSSIER 1 "" "Dossier" "User Commands"')
    print(f".SH NAME\ndossier \\- {text(command['abstract']).rstrip('.')}")
    commands = [c for c in command["subcommands"] if c["shouldDisplay"] and c["commandName"] != "help"]
    print(".SH SYNOPSIS")
    print(synopsis(["dossier"], next(c["arguments"] for c in commands if c["commandName"] == "shell")))
    for sub in commands:
        if sub["commandName"] != "shell":
            print(".br")
            print(synopsis(["dossier", sub["commandName"]], sub["arguments"]))
    print(".SH DESCRIPTION")
    for paragraph in command.get("discussion", "").split("\n\n"):
        print(".PP\n.nf\n" + text(paragraph) + "\n.fi")
    print(".SH COMMANDS")
    for sub in commands:
        print(f".SS {text(sub['commandName'])}\n{text(sub['abstract'])}")
        if sub.get("discussion"):
            for paragraph in sub["discussion"].split("\n\n"):
                print(".PP\n" + text(paragraph))
        options(sub["arguments"])
        for part in sub.get("subcommands", []):
            if part["commandName"] != "help":
                print(f".TP\n\\fB{text(sub['commandName'] + ' ' + part['commandName'])}\\fR\n{text(part['abstract'])}")
    print(".SH FILES\n.TP\n~/.config/dossier/init\nCommands that run before the first prompt.")
    print(".TP\n~/.local/state/dossier/history\nWhat was typed at the prompt.")
    print(".SH ENVIRONMENT\n.TP\n\\fBDOSSIER_MODELS\\fR\nThe folder of language models.")
    print(".TP\n\\fBDOSSIER_PAGER\\fR, \\fBPAGER\\fR\nShows what is longer than the screen; cat for none.")
    print(".TP\n\\fBNO_COLOR\\fR\nNo colours.")


main()
