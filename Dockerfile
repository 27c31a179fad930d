# The image of Phyle: one program, no shell, and nothing to run a database with.
# docker-compose.yml says how to use it.
FROM golang:1.26-bookworm AS build
WORKDIR /source
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Where .git comes along, "phyle version" names the commit.
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /phyle ./cmd/phyle

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /phyle /phyle
# A number, because there is no list of users to look a name up in.
USER 65532:65532
ENV PHYLE_LISTEN=0.0.0.0:8080 PHYLE_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/phyle", "health"]
ENTRYPOINT ["/phyle"]
CMD ["serve"]
