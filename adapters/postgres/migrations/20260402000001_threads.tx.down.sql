DROP TABLE thread_marks;
--bun:split
DROP TABLE thread_words;
--bun:split
DROP TABLE thread_items;
--bun:split
DROP TABLE threads;
