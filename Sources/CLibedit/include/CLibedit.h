// libedit's wide interface with fixed arguments, because Swift cannot call C variadics.
//
// What libedit does here: it decodes keys, holds the buffer, runs the emacs and vi key maps with their
// kill ring, and reads ~/.editrc. It draws nothing (its output is /dev/null) and keeps no history: both
// are LineEditing's, which is how wide characters, colours and blocks of several lines come out right.
#ifndef DOSSIER_CLIBEDIT_H
#define DOSSIER_CLIBEDIT_H

#include <stdint.h>
#include <termios.h>

typedef struct editline EditLine;

// What a bound function may return.
enum {
  CLEDIT_GO_ON = 0,
  CLEDIT_ACCEPT = 1,
  CLEDIT_END = 2,
  CLEDIT_BEEP = 6,
};

// Makes an editor for the terminal on `input` (keys) and `output` (asked for its size only).
// Null where libedit cannot start. `client` is handed back by cledit_client.
EditLine *cledit_open(const char *program, int input, int output, void *client);
void cledit_close(EditLine *editor);
void *cledit_client(EditLine *editor);

// A new key function under a name that ~/.editrc can use too. The names are ASCII.
int cledit_add_function(EditLine *editor, const char *name, const char *help,
                        unsigned char (*function)(EditLine *, uint32_t));
// Binds a key, in libedit's own notation ("^A", "\\e[A"), in the insert map or vi's command map.
int cledit_bind(EditLine *editor, int command_map, const char *key, const char *function);
int cledit_uses_vi(EditLine *editor);
// Reads $EDITRC or ~/.editrc. With `only_own_bindings`, lines that switch the key map as a whole
// (`bind -e`, `bind -v`) are left out: libedit would throw away every other binding at them.
void cledit_source(EditLine *editor, int only_own_bindings);

// Where keys come from: `next` gives a scalar, 0 at the end of input, -1 for an interruption.
void cledit_set_reader(EditLine *editor, int32_t (*next)(EditLine *));
// Edits until a function accepts or ends; the outcome is known to the functions themselves.
void cledit_run(EditLine *editor);
// The next key, for a function that reads on by itself; as `next` above.
int32_t cledit_next_key(EditLine *editor);
// Feeds keys in front of what is to be read.
void cledit_push(EditLine *editor, const char *ascii_or_latin1);

// The buffer: `length` scalars, valid until the next call, and the cursor as an index into it.
const uint32_t *cledit_buffer(EditLine *editor, int *length, int *cursor);
void cledit_insert(EditLine *editor, const uint32_t *zero_terminated);
void cledit_move(EditLine *editor, int by);
void cledit_delete_before(EditLine *editor, int count);

// Makes LC_CTYPE a UTF-8 one, so that letters outside ASCII are letters; no other category changes.
void cledit_use_utf8(void);

// From now on the signals that matter while a line is edited write their number, one byte, to `pipe`.
void cledit_watch_signals(int pipe);
// Puts the former handlers back.
void cledit_unwatch_signals(void);
// From now on an interrupt never ends the process: it is told to whoever watches, else forgotten.
void cledit_guard_interrupt(void);
// SIGINT alone, while something else than the editor runs; needs the guard.
void cledit_watch_interrupt(int pipe);
void cledit_unwatch_interrupt(void);

// A pipe whose ends do not block and are closed in child processes.
int cledit_pipe(int ends[2]);

// Columns and rows of a terminal; 0 where it is none or does not say.
int cledit_window_size(int descriptor, int *rows, int *columns);

#endif
