#ifndef DOSSIER_CRE2_H
#define DOSSIER_CRE2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression of libre2, or the reason why there is none.
typedef struct cre2_pattern cre2_pattern;

/// Where a match or a group begins and ends in the text, in bytes; both −1 for a group without a part.
typedef struct {
  ptrdiff_t lower;
  ptrdiff_t upper;
} cre2_range;

/// How a match may lie in the text.
enum {
  CRE2_UNANCHORED = 0,
  CRE2_ANCHOR_START = 1,
  CRE2_ANCHOR_BOTH = 2,
};

/// Compiles UTF-8 text in RE2's dialect. Never null; ask `cre2_error` whether it worked.
cre2_pattern *cre2_compile(const uint8_t *pattern, size_t length);

/// Frees what `cre2_compile` gave.
void cre2_free(cre2_pattern *pattern);

/// RE2's words for what is wrong, or null. Lives as long as the pattern.
const char *cre2_error(const cre2_pattern *pattern);

/// The number of capturing groups, the whole match not counted.
int cre2_group_count(const cre2_pattern *pattern);

/// Calls `body` with each named group's name (ended by a zero byte) and number, ascending by number.
void cre2_group_names(const cre2_pattern *pattern, void *context,
                      void (*body)(void *context, const char *name, int number));

/// Looks for the leftmost match at or after `start`, in linear time. Fills `ranges[0]` with the match and
/// the rest with groups. `length` must hold the whole text, so that `\b` and `^` see what stands before
/// `start`. Safe to call from several threads.
/// @return 1 if there is a match, else 0.
int cre2_match(const cre2_pattern *pattern, const uint8_t *text, size_t length, size_t start, int anchor,
               cre2_range *ranges, int range_count);

/// Texts of which every match holds at least one, so that a text without any of them need not be asked: `put`
/// gets each, in lower case; they are to be looked for without regard to case. None where RE2 knows of none, or
/// where the pattern may match other letters than it names (non-ASCII letters, case ignored).
void cre2_needles(const uint8_t *pattern, size_t length, void *context,
                  void (*put)(void *context, const uint8_t *bytes, size_t length));

/// Writes `text` with all that has a meaning in a pattern escaped; `put` gets the bytes.
void cre2_quote(const uint8_t *text, size_t length, void *context,
                void (*put)(void *context, const uint8_t *bytes, size_t length));

#ifdef __cplusplus
}
#endif

#endif
