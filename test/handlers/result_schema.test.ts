import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { call } from '../../handlers/call.ts'
import { exampleCall } from '../../handlers/command/command.ts'
import { methods } from '../../handlers/index.ts'
import { isOpenAt, type Schema } from '../../handlers/method.ts'
import { desk, NOW, susan } from './fixture.ts'
import { furnishExamples } from './methods/examples.ts'

t.test('each result matches its schema and has no other fields', async t => {
  const { store } = await desk(t)
  await store.transact(furnishExamples)
  const ajv = new Ajv2020({ validateFormats: false })
  for (const method of methods.values()) {
    const { name, givesSchema, example, gives } = method
    t.equal(givesSchema !== undefined, gives !== undefined, `${name} has a schema if it needs one`)
    if (!givesSchema) continue
    const itself = method.doors?.includes('daemon')
    const [answer] = await call(store, [exampleCall(method)], {
      actor: itself ? { kind: 'daemon' } : susan,
      door: itself ? 'daemon' : isOpenAt(method, 'shell') ? 'shell' : 'http',
      now: NOW,
    })
    const validate = ajv.compile(closed(givesSchema))
    for (const given of [answer!.gives, example.gives])
      t.ok(validate(given), `${name}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(given)}`)
  }
})

/** The same schema, but objects may have no other fields. */
function closed(schema: Schema): Schema {
  const { items, properties } = schema as { items?: Schema; properties?: Record<string, Schema> }
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, closed(field)])
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(properties && { properties: Object.fromEntries(fields), additionalProperties: false }),
  }
}
