#ifndef DOSSIER_CLEXICONS_H
#define DOSSIER_CLEXICONS_H

#include <stddef.h>

/* A plain text list compiled into the program: UTF-8, one entry a line, lines with # in front are notes. */
typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t length;
} dossier_lexicon;

/* The list at a place in the table of lexicons.c, or NULL after the last. */
const dossier_lexicon *dossier_lexicon_at(size_t index);

#endif
