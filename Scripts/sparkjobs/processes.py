"""The program as a pipe within a Spark task: one process a task, lines in, lines out."""

import collections
import json
import os
import subprocess
import threading


def binary():
    """The program that workers run: DOSSIER_BIN, else what spark-submit --files has put into the task's folder."""
    named = os.environ.get("DOSSIER_BIN")
    return named if named else os.path.abspath("dossier")


def pipe(arguments):
    """A function for mapPartitions: lines through `dossier ARGUMENTS`, as many answers as it gives.

    The operating system's pipes are the back-pressure: the process is fed no faster than its answers are taken.
    """

    def run(lines):
        process = Pipe(arguments)
        process.feed(lines)
        yield from process.answers()
        process.finish()

    return run


def annotate(lines):
    """Documents, one a line, through `dossier annotate --clusters`: an answer for each, in order.

    A document that ends the process (it may be out of memory) gives an error record; the others go on in a new one.
    """
    # Lines that were handed in and are not answered.
    waiting = collections.deque()
    rest = iter(lines)

    def handed(again):
        yield from again
        for line in rest:
            waiting.append(line)
            yield line

    while True:
        process = Pipe(["annotate", "--clusters"])
        process.feed(handed(list(waiting)))
        answered = False
        for answer in process.answers():
            waiting.popleft()
            answered = True
            yield answer
        code = process.wait()
        if code == 0 and not waiting:
            return
        if not waiting or code == 2 and not answered:
            raise RuntimeError(f"dossier annotate ended with code {code}: {process.error()}")
        yield failure(waiting.popleft(), f"the annotator ended with code {code} at this document")


def failure(line, message):
    """What annotate would say of a document."""
    try:
        name = json.loads(line).get("id")
    except ValueError:
        name = None
    return json.dumps({"id": name, "error": {"code": "NLP330", "message": message}}, separators=(",", ":"))


class Pipe:
    """A process that is fed by a thread, so that it can answer while it still gets lines."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(
            [binary(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.errors = []
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def feed(self, lines):
        """Begins to hand in lines."""

        def write():
            try:
                for line in lines:
                    self.process.stdin.write(line.encode("utf-8"))
                    self.process.stdin.write(b"\n")
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            except BaseException as error:  # what the lines' own source says is told by finish()
                self.errors.append(repr(error).encode())
                self.process.kill()

        self.feeder = threading.Thread(target=write, daemon=True)
        self.feeder.start()

    def answers(self):
        """Lines without their ends."""
        for line in self.process.stdout:
            yield line.rstrip(b"\n").decode("utf-8")

    def wait(self):
        """The exit code."""
        code = self.process.wait()
        self.feeder.join()
        self.listener.join()
        return code

    def finish(self):
        """Ends, and fails the task if the process failed."""
        code = self.wait()
        if code != 0:
            raise RuntimeError(f"dossier ended with code {code}: {self.error()}")

    def error(self):
        """The end of what it said on standard error."""
        return b"".join(self.errors)[-2000:].decode("utf-8", "replace")

    def _listen(self):
        for line in self.process.stderr:
            self.errors.append(line)
