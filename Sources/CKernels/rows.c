// Rows and cells of delimited text, and whether bytes are UTF-8.
//
// Source: RFC 4180; a lone LF or CR ends a row as CRLF does, a quote counts only at the beginning of a cell, and
// what follows the closing quote belongs to the cell, too.
#include <string.h>

#include "ckernels.h"

// Passes a cell that begins at `at`. Gives the place of what ends it, or `length`. For a quoted one, *inner is set to
// what stands between the quotes if that is the whole cell as it is, else it is left alone; *open tells that
// the text ended within the quotes.
static size_t pass_cell(const uint8_t *text, size_t length, size_t at, uint8_t separator, ck_cell *inner, int *open) {
  if (at < length && text[at] == '"') {
    size_t begin = ++at;
    int plain = 1;
    while (1) {
      const uint8_t *quote = memchr(text + at, '"', length - at);
      if (!quote) {
        *open = 1;
        return length;
      }
      at = (size_t)(quote - text) + 1;
      if (at >= length || text[at] != '"') break;
      plain = 0;
      at++;
    }
    size_t end = at - 1;
    size_t closed = at;
    while (at < length && text[at] != separator && text[at] != '\n' && text[at] != '\r') at++;
    if (plain && at == closed && inner) {
      inner->begin = begin;
      inner->length = end - begin;
      inner->quoted = 1;
    }
    return at;
  }
  while (at < length && text[at] != separator && text[at] != '\n' && text[at] != '\r') at++;
  return at;
}

// Behind the end of a row that stands at `at`.
static size_t pass_end(const uint8_t *text, size_t length, size_t at) {
  if (at >= length) return length;
  return text[at] == '\r' && at + 1 < length && text[at + 1] == '\n' ? at + 2 : at + 1;
}

size_t ck_pass_rows(const uint8_t *text, size_t length, size_t from, uint8_t separator, size_t rows, size_t bytes,
                    size_t *passed) {
  size_t at = from;
  size_t count = 0;
  while (at < length && count < rows && at - from < bytes) {
    size_t start = at;
    int open = 0;
    while (1) {
      at = pass_cell(text, length, at, separator, NULL, &open);
      if (at >= length || text[at] != separator) break;
      at++;
    }
    // A line with nothing on it is no row.
    if (at > start) count++;
    at = pass_end(text, length, at);
  }
  *passed = count;
  return at;
}

int ck_split_rows(const uint8_t *text, size_t length, size_t from, size_t to, uint8_t separator, size_t columns,
                  ck_cell *cells, size_t *place, size_t *found) {
  size_t at = from;
  while (at < to) {
    size_t start = at;
    size_t count = 0;
    int open = 0;
    while (1) {
      ck_cell cell = {at, 0, 2};
      size_t begin = at;
      at = pass_cell(text, length, at, separator, &cell, &open);
      if (cell.quoted == 2) {
        cell.length = at - begin;
        cell.quoted = begin < length && text[begin] == '"' ? 2 : 0;
      }
      if (at == start && (at >= length || text[at] != separator)) break;
      if (count < columns) cells[count] = cell;
      count++;
      if (at >= length || text[at] != separator) break;
      at++;
      // A separator at the very end of the text opens one more, empty cell.
      if (at == length) {
        if (count < columns) cells[count] = (ck_cell){at, 0, 0};
        count++;
        break;
      }
    }
    if (open || (count > 0 && count != columns)) {
      *place = start;
      *found = count;
      return open ? 2 : 1;
    }
    if (count > 0) cells += columns;
    at = pass_end(text, length, at);
  }
  return 0;
}

size_t ck_invalid_utf8(const uint8_t *text, size_t length) {
  size_t at = 0;
  while (at < length) {
    if (text[at] < 0x80) {
      uint64_t word;
      while (at + 8 <= length) {
        memcpy(&word, text + at, 8);
        if (word & 0x8080808080808080) break;
        at += 8;
      }
      while (at < length && text[at] < 0x80) at++;
      continue;
    }
    uint8_t lead = text[at];
    size_t more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
    if (more == 0 || length - at <= more) return at;
    for (size_t i = 1; i <= more; i++)
      if ((text[at + i] & 0xC0) != 0x80) return at;
    // Neither longer forms than needed, nor surrogates, nor beyond U+10FFFF.
    if ((lead == 0xE0 && text[at + 1] < 0xA0) || (lead == 0xED && text[at + 1] > 0x9F) ||
        (lead == 0xF0 && text[at + 1] < 0x90) || (lead == 0xF4 && text[at + 1] > 0x8F))
      return at;
    at += more + 1;
  }
  return length;
}
