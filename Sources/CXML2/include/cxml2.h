// The part of libxml2 that reads web pages and XML, behind a face without its headers.
#ifndef CXML2_H
#define CXML2_H

#include <stddef.h>

typedef struct cxml2_document cxml2_document;
typedef struct cxml2_node cxml2_node;

enum { CXML2_OTHER = 0, CXML2_ELEMENT = 1, CXML2_TEXT = 2 };

// Parses UTF-8 text as HTML, mending what is broken; NULL if nothing can be made of it. `bytes` may hold no
// NUL. May be called from several threads at once.
cxml2_document *_Nullable cxml2_parse_html(const char *_Nonnull bytes, int length);
// Parses XML in the encoding that it declares; of what is broken, the part before. NULL if nothing can be made of it.
// The caller sees to it that no entities are declared.
cxml2_document *_Nullable cxml2_parse_xml(const char *_Nonnull bytes, int length);
void cxml2_document_free(cxml2_document *_Nonnull document);
const cxml2_node *_Nullable cxml2_root(const cxml2_document *_Nonnull document);

int cxml2_kind(const cxml2_node *_Nonnull node);
// The name of an element, as written; the words of a text. Owned by the document.
const char *_Nullable cxml2_name(const cxml2_node *_Nonnull node);
const char *_Nullable cxml2_text(const cxml2_node *_Nonnull node);
const cxml2_node *_Nullable cxml2_first_child(const cxml2_node *_Nonnull node);
const cxml2_node *_Nullable cxml2_next(const cxml2_node *_Nonnull node);
// The element around a node; NULL for the root.
const cxml2_node *_Nullable cxml2_parent(const cxml2_node *_Nonnull node);

// The value of an attribute, and all words under a node; for the caller to free.
char *_Nullable cxml2_copy_attribute(const cxml2_node *_Nonnull node, const char *_Nonnull name);
char *_Nullable cxml2_copy_words(const cxml2_node *_Nonnull node);
void cxml2_free(char *_Nonnull copy);

#endif
