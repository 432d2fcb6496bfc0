from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{item}")
async def read_item(item: int):
    return {"item": item}
