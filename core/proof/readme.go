package proof

import "strings"

// readme is the pack's README.txt.
func readme(kind string) []byte {
	about := "everything that is recorded about one guest's number at one business"
	if kind == KindCampaign {
		about = "what became of each text of one campaign"
	}
	return []byte(strings.ReplaceAll(readmeText, "{about}", about))
}

const readmeText = `This is an evidence pack: {about}.

index.html, where there is one, is for reading. The rest is the proof.

TO CHECK IT WITH NEXO

    nexo verify PACK.zip --key KEY

KEY is the public key of the log, one line like log.example.com+1a2b3c4d+AbC…
Have it from somebody else than whoever gave you the pack. No database and no
network are needed. The first thing that is not as it should be is named.

TO CHECK IT BY HAND

1. Files. manifest.json lists every file with its SHA-256:

       unzip PACK.zip && sha256sum records.jsonl

   manifest.sig signs the SHA-256 of manifest.json. It is a signed note: after
   the empty line follow the signer's name and, in base64, four bytes of key
   hash and an Ed25519 signature of the text above the empty line.

2. Records. A line of records.jsonl has a body, a salt and a commitment. The
   commitment is the SHA-256 of the line "nexo record v1", the 16 bytes of the
   salt, and the body:

       { printf 'nexo record v1\n'; printf SALT | xxd -r -p; printf %s 'BODY'; } | sha256sum

3. The log. A record is leaf number "index" of a Merkle tree as in RFC 6962. The
   leaf's data is 16 bytes of the business's id, 8 bytes of "seq" (the greatest
   first) and the 32 bytes of the commitment; its hash is that of a zero byte and
   the data. "proof" holds, in base64, the hashes on the way from there to the
   root, 32 bytes each; two hashes are joined as the SHA-256 of a byte of one, the
   left and the right one. Size and root of the tree are the second and third
   line of checkpoint.txt, which is a signed note too.

4. The words shown. Each file in disclosures/ is named by its own SHA-256.

5. The words of a text. texts.jsonl, where there is one, has what a text said:
   its SHA-256 is text_sha256 in the decision about it.

6. The audience of a campaign. audience.jsonl has a line for each text: what
   became of it and why, and how many lines of records.jsonl are about it and its
   guest. The lines stand in the same order, after those of what staff did.

A record with "erased" instead of a body was erased, as the law may ask: its
commitment and its place in the log remain. A record without index was written so
shortly before the pack that the log had not taken it in.
`
