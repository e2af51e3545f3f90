#include "cmail.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gmime.h"

// Deeper multiparts are not looked into; no mail program writes such.
#define MAX_DEPTH 64

typedef struct {
  char *name;
  char *address;
} address;

typedef struct {
  int kind;
  char *name;
  char *type;
  char *bytes;
  size_t length;
} part;

struct cmail_message {
  void *mail;
  address *addresses[CMAIL_ROLES];
  int address_counts[CMAIL_ROLES];
  char **references;
  int reference_count;
  char **headers;
  int header_count;
  part *parts;
  int part_count;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *options;

// Headers with bytes of no declared character set are read the same in every locale.
static void start(void) {
  static const char *charsets[] = {"utf-8", "windows-1252", NULL};
  g_mime_init();
  options = g_mime_parser_options_new();
  g_mime_parser_options_set_fallback_charsets(options, charsets);
}

// Makes room for one more in an array of `count`; ends the process without memory, as Swift does.
static void *grown(void *array, int count, size_t size) {
  if (count & (count - 1)) return array;
  void *larger = realloc(array, (size_t)(count ? count * 2 : 1) * size);
  if (!larger) abort();
  return larger;
}

static char *copied(const char *text) {
  char *copy = strdup(text ? text : "");
  if (!copy) abort();
  return copy;
}

static int is_a(void *object, g_type type) { return object && g_type_check_instance_is_a(object, type); }

static void add_addresses(cmail_message *message, int role, void *list, int is_in_group) {
  if (!list) return;
  for (int i = 0; i < internet_address_list_length(list); i++) {
    void *one = internet_address_list_get_address(list, i);
    if (is_a(one, internet_address_mailbox_get_type())) {
      int count = message->address_counts[role];
      message->addresses[role] = grown(message->addresses[role], count, sizeof(address));
      message->addresses[role][count] =
          (address){copied(internet_address_get_name(one)), copied(internet_address_mailbox_get_addr(one))};
      message->address_counts[role]++;
    } else if (!is_in_group && is_a(one, internet_address_group_get_type())) {
      // A group holds mailboxes alone.
      add_addresses(message, role, internet_address_group_get_members(one), 1);
    }
  }
}

static void add_references(cmail_message *message, const char *header) {
  const char *text = g_mime_object_get_header(message->mail, header);
  void *ids = text ? g_mime_references_parse(options, text) : NULL;
  if (!ids) return;
  for (int i = 0; i < g_mime_references_length(ids); i++) {
    message->references = grown(message->references, message->reference_count, sizeof(char *));
    message->references[message->reference_count++] = copied(g_mime_references_get_message_id(ids, i));
  }
  g_mime_references_free(ids);
}

// Takes over `bytes`.
static void add_part(cmail_message *message, int kind, const char *name, void *object, char *bytes,
                     size_t length) {
  void *type = g_mime_object_get_content_type(object);
  char *mime = type ? g_mime_content_type_get_mime_type(type) : NULL;
  message->parts = grown(message->parts, message->part_count, sizeof(part));
  message->parts[message->part_count++] = (part){kind, copied(name), copied(mime), bytes, length};
  g_free(mime);
}

// The decoded bytes of a leaf.
static g_bytes *content(void *leaf) {
  g_bytes *bytes = g_byte_array_new();
  void *data = g_mime_part_get_content(leaf);
  if (!data) return bytes;
  void *stream = g_mime_stream_mem_new_with_byte_array(bytes);
  g_mime_stream_mem_set_owner(stream, 0);
  g_mime_data_wrapper_write_to_stream(data, stream);
  g_mime_stream_flush(stream);
  g_object_unref(stream);
  return bytes;
}

static char *of_length(const void *bytes, size_t length) {
  char *copy = malloc(length + 1);
  if (!copy) abort();
  if (length) memcpy(copy, bytes, length);
  copy[length] = 0;
  return copy;
}

// Words in UTF-8: what no character set is given for and is not UTF-8 is taken for Windows-1252.
static void add_words(cmail_message *message, int kind, void *leaf) {
  char *text = g_mime_text_part_get_text(leaf);
  if (text && g_utf8_validate(text, -1, NULL)) {
    add_part(message, kind, NULL, leaf, copied(text), strlen(text));
    g_free(text);
    return;
  }
  g_free(text);
  g_bytes *bytes = content(leaf);
  size_t length = 0;
  const char *raw = bytes->data ? (const char *)bytes->data : "";
  char *converted = g_convert(raw, bytes->len, "UTF-8", "WINDOWS-1252", NULL, &length, NULL);
  if (converted)
    add_part(message, kind, NULL, leaf, of_length(converted, length), length);
  else
    add_part(message, kind, NULL, leaf, of_length(bytes->data, bytes->len), bytes->len);
  g_free(converted);
  g_byte_array_free(bytes, 1);
}

static int is_type(void *object, const char *type, const char *subtype) {
  void *content_type = g_mime_object_get_content_type(object);
  return content_type && g_mime_content_type_is_type(content_type, type, subtype);
}

static void add(cmail_message *message, void *object, int depth) {
  if (!object || depth > MAX_DEPTH) return;
  if (is_a(object, g_mime_multipart_get_type())) {
    int count = g_mime_multipart_get_count(object);
    if (count > 0 && is_type(object, "multipart", "alternative")) {
      int chosen = count - 1;
      for (int i = count - 1; i >= 0; i--)
        if (is_type(g_mime_multipart_get_part(object, i), "text", "plain")) chosen = i;
      add(message, g_mime_multipart_get_part(object, chosen), depth + 1);
      return;
    }
    for (int i = 0; i < count; i++) add(message, g_mime_multipart_get_part(object, i), depth + 1);
  } else if (is_a(object, g_mime_message_part_get_type())) {
    void *inner = g_mime_message_part_get_message(object);
    char *text = inner ? g_mime_object_to_string(inner, NULL) : NULL;
    if (text) add_part(message, CMAIL_MAIL, NULL, object, copied(text), strlen(text));
    g_free(text);
  } else if (is_a(object, g_mime_part_get_type())) {
    const char *name = g_mime_part_get_filename(object);
    const char *disposition = g_mime_object_get_disposition(object);
    int is_attached = name || (disposition && !strcasecmp(disposition, "attachment"));
    if (!is_attached && is_a(object, g_mime_text_part_get_type())) {
      add_words(message, is_type(object, "text", "html") ? CMAIL_HTML : CMAIL_TEXT, object);
    } else {
      g_bytes *bytes = content(object);
      add_part(message, CMAIL_FILE, name, object, of_length(bytes->data, bytes->len), bytes->len);
      g_byte_array_free(bytes, 1);
    }
  }
}

cmail_message *cmail_read(const void *bytes, size_t length) {
  pthread_once(&once, start);
  void *stream = g_mime_stream_mem_new_with_buffer(bytes, length);
  void *parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
  void *mail = g_mime_parser_construct_message(parser, options);
  g_object_unref(parser);
  g_object_unref(stream);
  if (!mail) return NULL;
  cmail_message *message = calloc(1, sizeof(cmail_message));
  if (!message) abort();
  message->mail = mail;
  static const int types[CMAIL_ROLES] = {GMIME_ADDRESS_FROM, GMIME_ADDRESS_TO, GMIME_ADDRESS_CC,
                                         GMIME_ADDRESS_BCC};
  for (int role = 0; role < CMAIL_ROLES; role++)
    add_addresses(message, role, g_mime_message_get_addresses(mail, types[role]), 0);
  add_references(message, "References");
  add_references(message, "In-Reply-To");
  add(message, g_mime_message_get_mime_part(mail), 0);
  return message;
}

void cmail_message_free(cmail_message *message) {
  for (int role = 0; role < CMAIL_ROLES; role++) {
    for (int i = 0; i < message->address_counts[role]; i++) {
      free(message->addresses[role][i].name);
      free(message->addresses[role][i].address);
    }
    free(message->addresses[role]);
  }
  for (int i = 0; i < message->reference_count; i++) free(message->references[i]);
  for (int i = 0; i < message->header_count; i++) g_free(message->headers[i]);
  for (int i = 0; i < message->part_count; i++) {
    free(message->parts[i].name);
    free(message->parts[i].type);
    free(message->parts[i].bytes);
  }
  free(message->references);
  free(message->headers);
  free(message->parts);
  g_object_unref(message->mail);
  free(message);
}

int cmail_header_count(const cmail_message *message) {
  return g_mime_header_list_get_count(g_mime_object_get_header_list(message->mail));
}

const char *cmail_header(cmail_message *message, const char *name) {
  const char *raw = g_mime_object_get_header(message->mail, name);
  if (!raw) return NULL;
  message->headers = grown(message->headers, message->header_count, sizeof(char *));
  return message->headers[message->header_count++] = g_mime_utils_header_decode_text(options, raw);
}

int cmail_address_count(const cmail_message *message, int role) { return message->address_counts[role]; }

const char *cmail_address_name(const cmail_message *message, int role, int index) {
  return message->addresses[role][index].name;
}

const char *cmail_address(const cmail_message *message, int role, int index) {
  return message->addresses[role][index].address;
}

const char *cmail_id(const cmail_message *message) {
  const char *id = g_mime_message_get_message_id(message->mail);
  return id ? id : "";
}

int cmail_reference_count(const cmail_message *message) { return message->reference_count; }

const char *cmail_reference(const cmail_message *message, int index) { return message->references[index]; }

int cmail_part_count(const cmail_message *message) { return message->part_count; }

int cmail_part_kind(const cmail_message *message, int index) { return message->parts[index].kind; }

const char *cmail_part_name(const cmail_message *message, int index) { return message->parts[index].name; }

const char *cmail_part_type(const cmail_message *message, int index) { return message->parts[index].type; }

const void *cmail_part_bytes(const cmail_message *message, int index, size_t *length) {
  *length = message->parts[index].length;
  return message->parts[index].bytes;
}
