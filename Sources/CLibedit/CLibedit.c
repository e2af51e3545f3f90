#define _GNU_SOURCE
#include "CLibedit.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character is a scalar");

// The streams and the reader belong to one editor; there is one terminal, so one editor at a time.
static FILE *nowhere;
static int32_t (*next_scalar)(EditLine *);

EditLine *cledit_open(const char *program, int input, int output, void *client) {
  if (!nowhere) nowhere = fopen("/dev/null", "we");
  if (!nowhere) return NULL;
  EditLine *editor = el_init_fd(program, stdin, nowhere, nowhere, input, output, STDERR_FILENO);
  if (editor) {
    el_wset(editor, EL_CLIENTDATA, client);
    // libedit itself begins in vi mode.
    el_wset(editor, EL_EDITOR, L"emacs");
  }
  return editor;
}

void cledit_close(EditLine *editor) { el_end(editor); }

void *cledit_client(EditLine *editor) {
  void *client = NULL;
  el_wget(editor, EL_CLIENTDATA, &client);
  return client;
}

// libedit keeps the pointers it is given, so these live as long as the process.
static wchar_t *widened(const char *ascii) {
  size_t length = strlen(ascii);
  wchar_t *wide = calloc(length + 1, sizeof *wide);
  if (!wide) return NULL;
  for (size_t i = 0; i < length; i++) wide[i] = (unsigned char)ascii[i];
  return wide;
}

int cledit_add_function(EditLine *editor, const char *name, const char *help,
                        unsigned char (*function)(EditLine *, uint32_t)) {
  wchar_t *wide_name = widened(name), *wide_help = widened(help);
  if (!wide_name || !wide_help) return -1;
  return el_wset(editor, EL_ADDFN, wide_name, wide_help, function);
}

int cledit_bind(EditLine *editor, int command_map, const char *key, const char *function) {
  wchar_t *wide_key = widened(key), *wide_function = widened(function);
  int result = -1;
  if (wide_key && wide_function) {
    result = command_map ? el_wset(editor, EL_BIND, L"-a", wide_key, wide_function, NULL)
                         : el_wset(editor, EL_BIND, wide_key, wide_function, NULL);
  }
  free(wide_key);
  free(wide_function);
  return result;
}

int cledit_uses_vi(EditLine *editor) {
  const wchar_t *name = NULL;
  return el_wget(editor, EL_EDITOR, &name) == 0 && name && wcscmp(name, L"vi") == 0;
}

static int switches_key_map(int argc, const wchar_t **argv) {
  if (argc < 2) return 0;
  const wchar_t *command = wcschr(argv[0], L':');
  command = command ? command + 1 : argv[0];
  if (wcscmp(command, L"bind") != 0) return 0;
  return wcscmp(argv[1], L"-e") == 0 || wcscmp(argv[1], L"-v") == 0;
}

void cledit_source(EditLine *editor, int only_own_bindings) {
  if (!only_own_bindings) {
    el_source(editor, NULL);
    el_wset(editor, EL_EDITMODE, 1);
    return;
  }
  const char *path = getenv("EDITRC"), *home = getenv("HOME");
  char in_home[4096];
  if (!path) {
    if (!home || snprintf(in_home, sizeof in_home, "%s/.editrc", home) >= (int)sizeof in_home) return;
    path = in_home;
  }
  FILE *file = *path ? fopen(path, "re") : NULL;
  if (!file) return;
  TokenizerW *tokenizer = tok_winit(NULL);
  char *line = NULL;
  size_t capacity = 0;
  while (tokenizer && getline(&line, &capacity, file) != -1) {
    line[strcspn(line, "\r\n")] = '\0';
    size_t start = strspn(line, " \t");
    if (line[start] == '#' || line[start] == '\0') continue;
    size_t length = mbstowcs(NULL, line + start, 0);
    if (length == (size_t)-1) continue;
    wchar_t *wide = calloc(length + 1, sizeof *wide);
    if (!wide) break;
    mbstowcs(wide, line + start, length + 1);
    int argc = 0;
    const wchar_t **argv = NULL;
    tok_wreset(tokenizer);
    if (tok_wstr(tokenizer, wide, &argc, &argv) == 0 && argc > 0 && !switches_key_map(argc, argv)) {
      el_wparse(editor, argc, argv);
    }
    free(wide);
  }
  free(line);
  if (tokenizer) tok_wend(tokenizer);
  fclose(file);
  el_wset(editor, EL_EDITMODE, 1);
}

static int read_key(EditLine *editor, wchar_t *key) {
  int32_t scalar = next_scalar ? next_scalar(editor) : 0;
  *key = scalar > 0 ? (wchar_t)scalar : L'\0';
  if (scalar < 0) errno = EINTR;
  return scalar > 0 ? 1 : scalar;
}

void cledit_set_reader(EditLine *editor, int32_t (*next)(EditLine *)) {
  next_scalar = next;
  el_wset(editor, EL_GETCFN, read_key);
}

void cledit_run(EditLine *editor) {
  int count = 0;
  (void)el_wgets(editor, &count);
}

int32_t cledit_next_key(EditLine *editor) {
  wchar_t key = L'\0';
  int got = el_wgetc(editor, &key);
  return got == 1 ? (int32_t)key : got < 0 ? -1 : 0;
}

void cledit_push(EditLine *editor, const char *keys) {
  wchar_t *wide = widened(keys);
  if (wide) el_wpush(editor, wide);
  free(wide);
}

const uint32_t *cledit_buffer(EditLine *editor, int *length, int *cursor) {
  const LineInfoW *line = el_wline(editor);
  *length = (int)(line->lastchar - line->buffer);
  *cursor = (int)(line->cursor - line->buffer);
  return (const uint32_t *)line->buffer;
}

void cledit_insert(EditLine *editor, const uint32_t *text) {
  el_winsertstr(editor, (const wchar_t *)text);
}

void cledit_move(EditLine *editor, int by) { el_cursor(editor, by); }

void cledit_delete_before(EditLine *editor, int count) { el_wdeletestr(editor, count); }

void cledit_use_utf8(void) {
  if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
  setlocale(LC_CTYPE, "C.UTF-8");
}

static const int watched[] = {SIGINT, SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGQUIT};
enum { watched_count = sizeof watched / sizeof watched[0] };
static struct sigaction former[watched_count];
static volatile int signal_pipe = -1;
static volatile int interrupt_pipe = -1;

static void tell(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  int pipe = signal_pipe >= 0 ? signal_pipe : interrupt_pipe;
  // A full pipe already holds news enough.
  if (pipe >= 0 && write(pipe, &byte, 1) < 0) errno = saved;
  errno = saved;
}

void cledit_watch_signals(int pipe) {
  if (signal_pipe < 0) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = tell;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < watched_count; i++) {
      sigaction(watched[i], NULL, &former[i]);
      // What was ignored before (nohup, a shell without job control) stays ignored.
      if (former[i].sa_handler != SIG_IGN || watched[i] == SIGINT) {
        sigaction(watched[i], &action, NULL);
      }
    }
  }
  signal_pipe = pipe;
}

void cledit_unwatch_signals(void) {
  if (signal_pipe < 0) return;
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &former[i], NULL);
  signal_pipe = -1;
}

void cledit_guard_interrupt(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = tell;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

void cledit_watch_interrupt(int pipe) { interrupt_pipe = pipe; }

void cledit_unwatch_interrupt(void) { interrupt_pipe = -1; }

int cledit_window_size(int descriptor, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

int cledit_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }
