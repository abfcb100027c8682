/** The position of the watch: its cursor, kept in an item of a DynamoDB table. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";

const ID = "glue-ml-task-runs";

/** Returns the saved cursor; undefined before the first one is saved. */
export async function readCursor(client: DynamoDBClient, tableName: string): Promise<string | undefined> {
  const input = { TableName: tableName, Key: { id: { S: ID } }, ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(input));
  return Item?.watchCursor?.S;
}

/**
 * Saves a cursor if the table still holds the one before it.
 *
 * @param previous - the cursor that was read or saved before; undefined if there was none
 * @returns false if another invocation has saved one since then
 */
export async function saveCursor(
  client: DynamoDBClient,
  tableName: string,
  previous: string | undefined,
  next: string,
): Promise<boolean> {
  const condition =
    previous === undefined
      ? { ConditionExpression: "attribute_not_exists(watchCursor)" }
      : {
          ConditionExpression: "watchCursor = :previous",
          ExpressionAttributeValues: { ":previous": { S: previous } },
        };
  const Item = { id: { S: ID }, watchCursor: { S: next }, savedOn: { S: new Date().toISOString() } };
  try {
    await client.send(new PutItemCommand({ TableName: tableName, Item, ...condition }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
