import Diagnostics
import Facts
import Testing

@testable import Importers

@Suite struct MailImporterTests {
  /// A linear congruential generator, so that every run breaks the mails in the same ways.
  private struct Random {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private static let mail = """
    From: =?utf-8?q?Ana_M=C3=BCller?= <Ana@Example.org>
    To: Desk <desk@example.org>, "Lee, Jin" <jin@example.org>
    Cc: press@example.org
    Subject: Grain shipments =?utf-8?b?4oCT?= second
     note
    Date: Tue, 8 Oct 2024 09:30:00 +0900 (KST)
    Message-ID: <b2@example.org>
    References: <a1@example.org>
     <a2@example.org>
    In-Reply-To: <a2@example.org>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="=="

    --==
    Content-Type: multipart/alternative; boundary="=-="

    --=-=
    Content-Type: text/plain; charset="iso-8859-1"
    Content-Transfer-Encoding: quoted-printable

    The caf=E9 was closed.

    Jin wrote:
    > The port was open.
    > > It was not.

    Ana

    --=-=
    Content-Type: text/html

    <p>Never read.</p>

    --=-=--

    --==
    Content-Type: text/plain; name="../../note.txt"
    Content-Disposition: attachment; filename="../../note.txt"
    Content-Transfer-Encoding: base64

    VGhlIHBvcnQgd2FzIGNsb3NlZC4=

    --==
    Content-Type: image/png; name="x.png"
    Content-Disposition: attachment; filename="x.png"

    not read

    --==
    Content-Type: message/rfc822

    From: jin@example.org
    Subject: inner
    Date: Mon, 7 Oct 2024 10:00:00 +0000

    The ministry denied it.

    --==--

    """

  private func items(_ text: String, _ importer: any Importer.Type = MailImporter.self) -> [ImportedItem] {
    importer.items(ImportSource(path: "a.eml", bytes: Array(text.utf8)))
  }

  @Test func headersBecomeFields() throws {
    let document = try #require(items(Self.mail).first?.document)
    #expect(document.docID == "a.eml")
    #expect(document.title == "Grain shipments – second note")
    #expect(document.author == "Ana Müller")
    #expect(document.published == PublicationDate.parse("2024-10-08T00:30:00Z"))
    #expect(document.threadID == "a1@example.org")
    #expect(document.meta["message_id"]?.text == "b2@example.org")
    #expect(document.meta["in_reply_to"]?.text == "a2@example.org")
    #expect(
      document.participants.map { "\($0.role) \($0.address) \($0.name)" } == [
        "from ana@example.org Ana Müller", "to desk@example.org Desk", "to jin@example.org Lee, Jin",
        "cc press@example.org ",
      ])
  }

  @Test func quotedLinesAreMarkedAndLoseTheirMarks() throws {
    let document = try #require(items(Self.mail).first?.document)
    #expect(document.text == "The café was closed.\n\nJin wrote:\nThe port was open.\nIt was not.\n\nAna")
    let scalars = Array(document.text.unicodeScalars)
    let quoted = document.quoted.map { String(String.UnicodeScalarView(scalars[$0])) }
    #expect(quoted == ["The port was open.\nIt was not.\n"])
  }

  @Test func belowADividerAllIsTheEarlierMail() throws {
    let body = "Subject: x\n\nSee below.\n-----Original Message-----\nFrom: A\nIt rained.\n"
    let document = try #require(items(body).first?.document)
    #expect(document.quoted == [11..<(document.text.unicodeScalars.count)])
  }

  @Test func attachmentsAreDocumentsOfTheirOwn() throws {
    let items = items(Self.mail)
    #expect(
      items.map { $0.document?.docID ?? $0.error?.code.rawValue } == [
        "a.eml", "a.eml/note.txt", "IMP102", "a.eml/3.eml",
      ])
    let note = try #require(items[1].document)
    #expect(note.text == "The port was closed.")
    #expect(note.parentID == "a.eml")
    #expect(note.threadID == "a1@example.org")
    #expect(note.published == items[0].document?.published)
    #expect(items[3].document?.title == "inner")
    #expect(items[3].document?.parentID == "a.eml")
  }

  @Test func markupAloneIsRead() throws {
    let mail =
      "Subject: x\nContent-Type: text/html; charset=windows-1252\n\n<p>Caf\u{E9}</p><script>no</script>"
    let bytes = mail.unicodeScalars.map { UInt8($0.value) }
    let items = MailImporter.items(ImportSource(path: "a.eml", bytes: bytes))
    #expect(items.first?.document?.text == "Café")
  }

  @Test func undeclaredBytesAreWesternEuropean() throws {
    let bytes = "Subject: x\n\nCaf\u{E9}".unicodeScalars.map { UInt8($0.value) }
    #expect(MailImporter.items(ImportSource(path: "a.eml", bytes: bytes)).first?.document?.text == "Café")
  }

  /// Not every program marks lines of a mail that begin like the line between two mails.
  @Test func aLineThatBeginsWithFromIsNoNewMail() {
    let box = """
      From a@b.c Mon May  6 10:00:00 2019
      Subject: One

      From me to you, the news:
      nothing.

      From a@b.c Mon May  6 10:00:00 2019
      From b@b.c Mon May  6 10:00:00 2019
      Subject: Two

      The end.
      """
    let documents = items(box, MailboxImporter.self).compactMap(\.document)
    #expect(documents.map(\.title) == ["One", "Two"])
    #expect(documents[0].text.hasPrefix("From me to you, the news:\nnothing."))
    #expect(documents[1].text == "The end.")
  }

  @Test func aMailboxHasManyMails() throws {
    let box =
      "From a Mon Oct  7 10:00:00 2024\nSubject: one\n\nFirst.\n\nFrom b Mon Oct  7 10:00:00 2024\n"
      + "Subject: two\n\n>From the port.\n"
    let documents = items(box, MailboxImporter.self).compactMap(\.document)
    #expect(documents.map(\.docID) == ["a.eml#1", "a.eml#2"])
    #expect(documents.map(\.title) == ["one", "two"])
  }

  @Test(arguments: ["", "no mail at all", "\u{0}\u{1}\u{2}", "From: \n"])
  func whatIsNoMailIsSaid(text: String) {
    let items = items(text)
    #expect(items.count == 1)
    #expect(items.first?.document == nil)
    #expect(items.first?.error != nil)
  }

  /// Mails in mails in mails end somewhere, and multiparts in multiparts do no harm.
  @Test func nestingIsBounded() {
    var mail = "Subject: core\n\nCore.\n"
    for level in 0..<40 {
      mail = """
        Subject: level \(level)
        Content-Type: multipart/mixed; boundary="b\(level)"

        --b\(level)
        Content-Type: text/plain

        Words.
        --b\(level)
        Content-Type: message/rfc822

        \(mail)
        --b\(level)--

        """
    }
    let items = items(mail)
    #expect(items.last?.error?.code == .nestedTooDeep)
    #expect(items.count == 18)
    var deep = "Subject: x\n"
    for level in 0..<5000 {
      deep += "Content-Type: multipart/mixed; boundary=\"b\(level)\"\n\n--b\(level)\n"
    }
    #expect(MailImporter.items(ImportSource(path: "a.eml", bytes: Array(deep.utf8))).count == 1)
  }

  /// Any bytes give documents or errors.
  @Test func brokenMailsAreRead() {
    var random = Random(state: 7)
    let whole = Array(Self.mail.utf8)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<random.below(8) + 1 {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.below(60)))
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
        }
        if bytes.isEmpty { bytes = [0x0A] }
      }
      #expect(!MailImporter.items(ImportSource(path: "a.eml", bytes: bytes)).isEmpty)
    }
  }
}
