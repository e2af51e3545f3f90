// What CMail uses of GMime 3 (https://github.com/jstedfast/gmime), GObject and GLib, declared here: the flags by
// which pkg-config finds their own headers hold one (-pthread) that the package manager warns of in every build.
// The binary interface is fixed for all of GMime 3 and GLib 2.
#ifndef CMAIL_GMIME_H
#define CMAIL_GMIME_H

#include <stddef.h>
#include <sys/types.h>

// GLib and GObject.
typedef size_t g_type;
typedef struct {
  unsigned char *data;
  unsigned int len;
} g_bytes;
void g_free(void *);
void g_object_unref(void *);
int g_type_check_instance_is_a(void *, g_type);
g_bytes *g_byte_array_new(void);
unsigned char *g_byte_array_free(g_bytes *, int free_data);
int g_utf8_validate(const char *, ssize_t, const char **end);
char *g_convert(const char *, ssize_t, const char *to, const char *from, size_t *read, size_t *written, void **error);

// GMime: streams and the parser.
enum { GMIME_FORMAT_MESSAGE, GMIME_FORMAT_MBOX };
void g_mime_init(void);
void *g_mime_stream_mem_new_with_buffer(const char *, size_t);
void *g_mime_stream_mem_new_with_byte_array(g_bytes *);
void g_mime_stream_mem_set_owner(void *stream, int);
int g_mime_stream_flush(void *stream);
void *g_mime_parser_new_with_stream(void *stream);
void g_mime_parser_set_format(void *parser, int format);
void *g_mime_parser_construct_message(void *parser, void *options);
int g_mime_parser_eos(void *parser);
void *g_mime_parser_options_new(void);
void g_mime_parser_options_set_fallback_charsets(void *options, const char **charsets);

// Messages and addresses.
enum { GMIME_ADDRESS_FROM = 1, GMIME_ADDRESS_TO = 3, GMIME_ADDRESS_CC = 4, GMIME_ADDRESS_BCC = 5 };
void *g_mime_message_get_addresses(void *message, int type);
const char *g_mime_message_get_message_id(void *message);
void *g_mime_message_get_mime_part(void *message);
int internet_address_list_length(void *list);
void *internet_address_list_get_address(void *list, int);
g_type internet_address_group_get_type(void);
g_type internet_address_mailbox_get_type(void);
void *internet_address_group_get_members(void *group);
const char *internet_address_get_name(void *address);
const char *internet_address_mailbox_get_addr(void *mailbox);
void *g_mime_references_parse(void *options, const char *);
void g_mime_references_free(void *references);
int g_mime_references_length(void *references);
const char *g_mime_references_get_message_id(void *references, int);

// Parts.
const char *g_mime_object_get_header(void *object, const char *name);
void *g_mime_object_get_header_list(void *object);
int g_mime_header_list_get_count(void *headers);
char *g_mime_utils_header_decode_text(void *options, const char *);
void *g_mime_object_get_content_type(void *object);
const char *g_mime_object_get_disposition(void *object);
char *g_mime_object_to_string(void *object, void *options);
char *g_mime_content_type_get_mime_type(void *type);
int g_mime_content_type_is_type(void *type, const char *, const char *);
g_type g_mime_multipart_get_type(void);
g_type g_mime_message_part_get_type(void);
g_type g_mime_part_get_type(void);
g_type g_mime_text_part_get_type(void);
int g_mime_multipart_get_count(void *multipart);
void *g_mime_multipart_get_part(void *multipart, int);
void *g_mime_message_part_get_message(void *part);
const char *g_mime_part_get_filename(void *part);
void *g_mime_part_get_content(void *part);
ssize_t g_mime_data_wrapper_write_to_stream(void *content, void *stream);
char *g_mime_text_part_get_text(void *part);

#endif
