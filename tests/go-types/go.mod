module peertok/tests/go-types

go 1.22
