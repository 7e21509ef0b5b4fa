DROP TABLE terms_notes;
