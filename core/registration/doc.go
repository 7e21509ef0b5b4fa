// Package registration is a venue's standing with the carriers: its number, the
// messaging profile behind it, and the registration without which carriers block
// what it sends. Local numbers need a brand and a campaign in The Campaign
// Registry (10DLC); toll-free numbers need a verification.
//
// What is submitted is composed from the live configuration, so that what
// reviewers read is what guests meet, and looked through beforehand for what
// registrations are usually refused for. Everything here is pure.
//
// Sources of the causes: CTIA Messaging Principles and Best Practices (May 2023)
// 5.1.1 to 5.1.4, 5.3; the carriers' codes of conduct on SHAFT; The Campaign
// Registry's rejection codes 701–712 (content), 706 (age gate), 805 (privacy
// policy); Telnyx's guides to 10DLC rejections and toll-free verification
// (developers.telnyx.com/docs/messaging).
package registration
