-- +goose Up
CREATE TABLE income (
    commons_id   uuid NOT NULL,
    income_id    uuid NOT NULL,
    gross        amount NOT NULL CHECK (gross > 0),
    net          amount NOT NULL CHECK (net > 0),
    received_on  date NOT NULL,
    payer        text NOT NULL,
    source       text NOT NULL
                 CHECK (source IN ('sale', 'grant', 'donation', 'licence', 'membership', 'upstream')),
    area_id      uuid,
    asset        handle NOT NULL,
    document     text NOT NULL,
    note         text NOT NULL,
    external_ref text,
    sequence     bigint NOT NULL,
    recorded_by  uuid NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT income_pkey PRIMARY KEY (commons_id, income_id),
    CONSTRAINT income_external_ref_taken UNIQUE (commons_id, external_ref),
    CONSTRAINT income_entry_unique UNIQUE (commons_id, sequence),
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, sequence) REFERENCES entry (commons_id, sequence),
    FOREIGN KEY (commons_id, recorded_by) REFERENCES member
);
CREATE INDEX income_by_date ON income (commons_id, received_on, income_id);

-- Collected arrives and is owed on; withheld and fee never arrive.
CREATE TABLE deduction (
    commons_id uuid NOT NULL,
    income_id  uuid NOT NULL,
    ordinal    smallint NOT NULL CHECK (ordinal > 0),
    type       text NOT NULL CHECK (type IN ('collected', 'withheld', 'fee')),
    name       handle NOT NULL,
    amount     amount NOT NULL CHECK (amount > 0),
    CONSTRAINT deduction_pkey PRIMARY KEY (commons_id, income_id, ordinal),
    FOREIGN KEY (commons_id, income_id) REFERENCES income
);

CREATE TABLE income_reversal (
    commons_id  uuid NOT NULL,
    income_id   uuid NOT NULL,
    sequence    bigint NOT NULL,
    reason      text NOT NULL,
    reversed_by uuid NOT NULL,
    reversed_at timestamptz NOT NULL,
    CONSTRAINT income_reversed_once PRIMARY KEY (commons_id, income_id),
    FOREIGN KEY (commons_id, income_id) REFERENCES income,
    FOREIGN KEY (commons_id, sequence) REFERENCES entry (commons_id, sequence),
    FOREIGN KEY (commons_id, reversed_by) REFERENCES member
);
