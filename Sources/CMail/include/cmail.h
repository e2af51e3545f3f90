// The part of GMime that reads mails, behind a face without its headers.
#ifndef CMAIL_H
#define CMAIL_H

#include <stddef.h>
#include <stdint.h>

typedef struct cmail_message cmail_message;

enum { CMAIL_FROM = 0, CMAIL_TO = 1, CMAIL_CC = 2, CMAIL_BCC = 3, CMAIL_ROLES = 4 };
// What a part is: words of the mail, words with markup, a file, another mail.
enum { CMAIL_TEXT = 0, CMAIL_HTML = 1, CMAIL_FILE = 2, CMAIL_MAIL = 3 };

// Reads a mail; NULL where there is nothing that could be one. The bytes are copied.
cmail_message *_Nullable cmail_read(const void *_Nonnull bytes, size_t length);
void cmail_message_free(cmail_message *_Nonnull message);

// How many header fields it has: none in what is no mail.
int cmail_header_count(const cmail_message *_Nonnull message);
// A header field's value, decoded; NULL if there is none. Owned by the message, as all strings below.
const char *_Nullable cmail_header(cmail_message *_Nonnull message, const char *_Nonnull name);
int cmail_address_count(const cmail_message *_Nonnull message, int role);
const char *_Nonnull cmail_address_name(const cmail_message *_Nonnull message, int role, int index);
const char *_Nonnull cmail_address(const cmail_message *_Nonnull message, int role, int index);
// The mail's own id, and the ids of the mails before it in its thread, the first first; without brackets.
const char *_Nonnull cmail_id(const cmail_message *_Nonnull message);
int cmail_reference_count(const cmail_message *_Nonnull message);
const char *_Nonnull cmail_reference(const cmail_message *_Nonnull message, int index);

// The parts in their order; of alternatives the plain text, else the last.
int cmail_part_count(const cmail_message *_Nonnull message);
int cmail_part_kind(const cmail_message *_Nonnull message, int index);
// The file's name; empty if none is given.
const char *_Nonnull cmail_part_name(const cmail_message *_Nonnull message, int index);
const char *_Nonnull cmail_part_type(const cmail_message *_Nonnull message, int index);
// Its bytes, decoded from the transfer encoding; of words in UTF-8.
const void *_Nullable cmail_part_bytes(const cmail_message *_Nonnull message, int index, size_t *_Nonnull length);

#endif
