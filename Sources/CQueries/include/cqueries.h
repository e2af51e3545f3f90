#ifndef DOSSIER_CQUERIES_H
#define DOSSIER_CQUERIES_H

#include <stddef.h>

/* A function written in the query language, compiled into the program: its file's text, UTF-8. */
typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t length;
} dossier_query;

/* The function at a place in the table of queries.c, or NULL after the last. */
const dossier_query *dossier_query_at(size_t index);

/* The page that `.dossier NAME` shows: a notebook, with $ID, $NAME and $STORE for what it is about. */
const dossier_query *dossier_page_about(void);

#endif
