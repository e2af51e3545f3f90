#ifndef DOSSIER_CCLD2_H
#define DOSSIER_CCLD2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What CLD2 makes of a text.
typedef struct {
  /// Code of the language that most of the text is in, such as "de"; "un" where it can't be told. Lives for ever.
  const char *code;
  /// Per cent of the letters that are in it.
  int percent;
  /// Per cent of the letters that are English.
  int english;
  /// Bytes of letters that were looked at.
  int letters;
  /// Whether the language is well ahead of the next likely one.
  int is_reliable;
} ccld2_language;

/// Identifies the language of a valid UTF-8 text of less than 2 GiB. May be called by any number of threads at once.
ccld2_language ccld2_identify(const uint8_t *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
