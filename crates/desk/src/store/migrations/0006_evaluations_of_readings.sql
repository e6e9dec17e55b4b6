-- Whether a reading's evaluation had scores is looked up for every account that is listed.

CREATE INDEX evaluation_answers_by_request ON evaluation_answers (request_id);
