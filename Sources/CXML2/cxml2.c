#include "cxml2.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <pthread.h>

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void) { xmlInitParser(); }

cxml2_document *cxml2_parse_html(const char *bytes, int length) {
  pthread_once(&prepared, prepare);
  // HUGE lifts the limits on depth (256 levels) and on the length of a text: past them the library would
  // drop the rest of the page without a word.
  int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                HTML_PARSE_COMPACT | XML_PARSE_HUGE;
  return (cxml2_document *)htmlReadMemory(bytes, length, NULL, "UTF-8", options);
}

cxml2_document *cxml2_parse_xml(const char *bytes, int length) {
  pthread_once(&prepared, prepare);
  int options = XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_NOCDATA |
                XML_PARSE_COMPACT | XML_PARSE_HUGE;
  return (cxml2_document *)xmlReadMemory(bytes, length, NULL, NULL, options);
}

void cxml2_document_free(cxml2_document *document) { xmlFreeDoc((xmlDocPtr)document); }

const cxml2_node *cxml2_root(const cxml2_document *document) {
  return (const cxml2_node *)xmlDocGetRootElement((xmlDocPtr)document);
}

static const xmlNode *of(const cxml2_node *node) { return (const xmlNode *)node; }

int cxml2_kind(const cxml2_node *node) {
  switch (of(node)->type) {
    case XML_ELEMENT_NODE: return CXML2_ELEMENT;
    case XML_TEXT_NODE:
    case XML_CDATA_SECTION_NODE: return CXML2_TEXT;
    default: return CXML2_OTHER;
  }
}

const char *cxml2_name(const cxml2_node *node) { return (const char *)of(node)->name; }

const char *cxml2_text(const cxml2_node *node) {
  return cxml2_kind(node) == CXML2_TEXT ? (const char *)of(node)->content : NULL;
}

// The children of an entity reference belong to the declaration, not to the tree: only elements have any.
const cxml2_node *cxml2_first_child(const cxml2_node *node) {
  return cxml2_kind(node) == CXML2_ELEMENT ? (const cxml2_node *)of(node)->children : NULL;
}

const cxml2_node *cxml2_next(const cxml2_node *node) { return (const cxml2_node *)of(node)->next; }

const cxml2_node *cxml2_parent(const cxml2_node *node) {
  const xmlNode *parent = of(node)->parent;
  return parent != NULL && parent->type == XML_ELEMENT_NODE ? (const cxml2_node *)parent : NULL;
}

char *cxml2_copy_attribute(const cxml2_node *node, const char *name) {
  return (char *)xmlGetProp((xmlNode *)of(node), (const xmlChar *)name);
}

char *cxml2_copy_words(const cxml2_node *node) {
  return (char *)xmlNodeGetContent((xmlNode *)of(node));
}

void cxml2_free(char *copy) { xmlFree(copy); }
